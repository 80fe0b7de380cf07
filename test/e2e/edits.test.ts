import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { startCampaignCairn, STEPS, type CampaignCairn } from '../support/campaign.js';
import { sectionsOf, type } from '../docs/story.js';
import { copyCheckout, type Checkout } from '../support/checkout.js';
import { waitUntil } from '../support/wait-until.js';

const PAGE = sectionsOf('docs/plan-and-explain.md');
const blocks = (heading: string) => PAGE.get(heading)!;

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

/** What the campaign is edited from. */
const CAMPAIGN = JSON.parse(blocks('').find(({ language }) => language === 'json')!.text) as object;

/** @returns the run, and the steps that were executed */
async function built(trigger: object = CAMPAIGN) {
  const run = await cairn.build(trigger);
  expect(run.error).toBeUndefined();
  return { run, executed: cairn.executed() };
}
/** Starts the worker again, so that it loads what was edited. */
async function restart(): Promise<void> {
  await cairn.worker.end();
  await cairn.worker.start();
}

/** Types what the page says under a heading. @returns the last run of it */
async function follow(heading: string, after: (command: string) => Promise<void> = async () => undefined) {
  for (const block of blocks(heading).filter(({ language }) => language === 'sh')) {
    await type(block, { cwd: checkout.folder, env: { CAIRN_URL: cairn.url } });
    await after(block.text);
  }
  const { items } = await cairn.client.listRuns({ limit: 1 });
  return { run: await cairn.client.getRun(items[0]!.id), executed: cairn.executed() };
}
/** What a run would execute for sure, step by step with the reason, and what it takes from the cache for sure. */
async function planned(trigger: object = CAMPAIGN) {
  const plan = await cairn.client.planRun({ workflow: 'campaign.build', trigger });
  const of = (verdict: string) => plan.steps.filter(step => step.verdict === verdict);
  return {
    plan,
    misses: Object.fromEntries(of('miss').map(({ stepId, message }) => [stepId, message])),
    hits: of('hit').map(({ stepId }) => stepId),
    hitsIf: Object.fromEntries(of('hit_if_unchanged').map(step => [step.stepId, step.openPaths])),
  };
}
/** Why a step was executed: what differs from its nearest earlier execution. */
async function why({ id }: Run, stepId: string): Promise<readonly string[]> {
  const { outcome, changes } = await cairn.client.explainStep(id, stepId);
  expect(outcome).toBe('executed');
  return changes.map(({ path, message }) => `${path}: ${message}`);
}

/** A statement that does nothing, but is code. */
const CODE = "\nglobalThis['cairn.edited'] = true;\n";
const COMMENT = '\n/* a remark */\n';

test('a copy in another folder builds the same', async () => {
  writeFileSync(join(checkout.folder, 'campaign.json'), JSON.stringify(CAMPAIGN, null, 2));
  expect((await follow('')).executed).toEqual([...STEPS].sort());
  expect(await planned()).toMatchObject({ hits: STEPS, misses: {}, hitsIf: {} });
}, 120_000);

test('one text: the plan names it, and each step that executes names it where it reads it', async () => {
  const edited = { ...CAMPAIGN, copy: { win_message: 'Winner!' } };
  const { misses, hitsIf } = await planned(edited);
  const differs = 'copy.win_message differs: "You win!" became "Winner!"';
  expect(misses).toEqual({ game_config: `executes: ${differs}` });
  expect(hitsIf).toMatchObject({
    bgm: ['game_config/config/visuals/theme', 'game_config/config/audio/bgm'],
    win_video: expect.arrayContaining(['game_config/config/copy/win_message']),
  });
  const { run, executed } = await follow('One text');
  expect(executed).toEqual(['game_bundle', 'game_config', 'manifest', 'package', 'win_video']);
  expect(await why(run, 'game_config')).toEqual([`/input/copy/win_message: ${differs}`]);
  expect(await why(run, 'win_video')).toEqual(['/input/title: title differs: "You win!" became "Winner!"']);
  expect(await why(run, 'game_bundle')).toEqual([`/input/config/copy/win_message: config.${differs}`]);
  expect(await why(run, 'manifest')).toContainEqual(
    expect.stringMatching(/^\/input\/videos\/win: videos\.win is another file: win\.mp4 \(sha256:/),
  );
}, 120_000);

test('one colour: the plan names it, and what does not need it says where it comes from', async () => {
  const edited = { ...CAMPAIGN, colors: { accent: '#00e5ff' } };
  const { misses } = await planned(edited);
  const differs = 'colors.accent differs: "#ff2d95" became "#00e5ff"';
  expect(misses).toEqual({ game_config: `executes: ${differs}` });
  const { run } = await follow('One colour');
  for (const step of ['game_config', 'intro_video', 'win_video', 'lose_video'])
    expect(await why(run, step)).toEqual([`/input/colors/accent: ${differs}`]);
  expect(await why(run, 'game_bundle')).toEqual([
    `/input/config/visuals/colors/accent: config.visuals.${differs}`,
  ]);
  const music = await cairn.client.explainStep(run.id, 'bgm');
  const { madeByRunId, madeByStepId, savesMs } = music.result!;
  expect(music).toMatchObject({ outcome: 'reused', changes: [], against: { runId: madeByRunId } });
  expect([madeByStepId, savesMs]).toEqual(['bgm', music.against?.durationMs]);
}, 120_000);

/** Starts the worker again, and waits until it has said what would execute with it. */
async function restartWithEdit() {
  await restart();
  return waitUntil(
    'the worker has said what it has',
    async () => {
      const { misses } = await planned();
      return Object.keys(misses).length > 0 && misses;
    },
    30_000,
  );
}

test("a skill's own code: exactly the steps that use it execute again, and plan and explain say so", async () => {
  const { run, executed } = await follow('One line of code', async command => {
    if (!command.includes('>> skills')) return;
    expect(await restartWithEdit()).toEqual({ sfx: "executes: the skill's own code changed" });
  });
  expect(executed).toEqual(['sfx']);
  expect(await why(run, 'sfx')).toEqual(["/fingerprint: the skill's own code changed"]);
}, 120_000);

test.each([
  [
    "code that a skill's thread runs",
    'skills/render_video/dist/film.js',
    ['intro_video', 'lose_video', 'win_video'],
    'the code of a thread of the skill changed',
  ],
  [
    "an adapter's code",
    'libs/providers/dist/audio/stub/adapter.js',
    ['bgm', 'sfx'],
    "the adapter stub's own code changed",
  ],
])(
  '%s: exactly the steps that use it execute again, and plan and explain say so',
  async (_what, file, steps, change) => {
    checkout.append(file, CODE);
    const misses = await restartWithEdit();
    expect(misses).toEqual(Object.fromEntries(steps.map(step => [step, `executes: ${change}`])));
    const { run, executed } = await built();
    expect(executed).toEqual(steps);
    for (const step of steps) expect(await why(run, step)).toEqual([expect.stringContaining(`: ${change}`)]);
  },
  120_000,
);

test('a theme file: exactly the steps that read it execute again, without a restart', async () => {
  checkout.replace(
    'libs/campaign-kit/themes/neon_arcade/music.json',
    '"description": "',
    '"description": "Edited. ',
  );
  const changed = 'style (themes/neon_arcade/music.json) changed';
  expect((await planned()).misses).toEqual({ bgm: `executes: ${changed}` });
  const { run, executed } = await built();
  expect(executed).toEqual(['bgm']);
  expect(await why(run, 'bgm')).toEqual([`/resources/style: ${changed}`]);
}, 120_000);

test('a theme that the campaign does not use: nothing executes', async () => {
  checkout.replace(
    'libs/campaign-kit/themes/paper_carnival/music.json',
    '"description": "',
    '"description": "Edited. ',
  );
  expect((await built()).executed).toEqual([]);
}, 120_000);

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
  await restart();
  expect((await built()).executed).toEqual([]);
}, 120_000);
