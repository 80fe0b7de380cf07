import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SMALL, startCampaignCairn, STEPS, type CampaignCairn } from '../support/campaign.js';
import { copyCheckout, type Checkout } from '../support/checkout.js';

let checkout: Checkout;
let cairn: CampaignCairn;
beforeAll(async () => {
  checkout = await copyCheckout();
  cairn = await startCampaignCairn({ repository: checkout.folder });
}, 120_000);
afterAll(async () => {
  await cairn?.stop();
  await checkout?.remove();
});

/** Builds after an edit, with a worker that has loaded it. @returns the steps that were executed */
async function executedAfterRestart(): Promise<readonly string[]> {
  await cairn.worker.end();
  await cairn.worker.start();
  const run = await cairn.build(SMALL);
  expect(run.error).toBeUndefined();
  return cairn.executed();
}
/** A statement that does nothing, but is code. */
const CODE = "\nglobalThis['cairn.edited'] = true;\n";
const COMMENT = '\n/* a remark */\n';

test('a copy in another folder builds the same', async () => {
  expect(await executedAfterRestart()).toEqual([...STEPS].sort());
}, 120_000);

test.each([
  ["a skill's own code", 'skills/generate_sfx/dist/run.js', ['sfx']],
  [
    "code that a skill's thread runs",
    'skills/render_video/dist/film.js',
    ['intro_video', 'lose_video', 'win_video'],
  ],
  ["an adapter's code", 'libs/providers/dist/audio/stub/adapter.js', ['bgm', 'sfx']],
])(
  '%s: exactly the steps that use it execute again',
  async (_what, file, steps) => {
    checkout.append(file, CODE);
    expect(await executedAfterRestart()).toEqual(steps);
  },
  120_000,
);

test('a theme file: exactly the steps that read it execute again, without a restart', async () => {
  checkout.replace(
    'libs/campaign-kit/themes/neon_arcade/music.json',
    '"description": "',
    '"description": "Edited. ',
  );
  await cairn.build(SMALL);
  expect(cairn.executed()).toEqual(['bgm']);
}, 60_000);

test('a theme that the campaign does not use: nothing executes', async () => {
  checkout.replace(
    'libs/campaign-kit/themes/paper_carnival/music.json',
    '"description": "',
    '"description": "Edited. ',
  );
  await cairn.build(SMALL);
  expect(cairn.executed()).toEqual([]);
}, 60_000);

test('comments: nothing executes', async () => {
  for (const file of [
    'skills/generate_sfx/dist/run.js',
    'skills/render_video/dist/encode.thread.js',
    'skills/render_video/dist/film.js',
    'libs/providers/dist/audio/stub/adapter.js',
    'libs/campaign-kit/templates/spin_wheel_v1/game/main.ts',
    'libs/campaign-kit/player/main.ts',
  ])
    checkout.append(file, COMMENT);
  expect(await executedAfterRestart()).toEqual([]);
}, 60_000);
