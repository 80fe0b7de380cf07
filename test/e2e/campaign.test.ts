import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Run } from '@cairn/client';
import { launchChromium, openPage } from '../browser/chromium.js';
import {
  artifactsOf,
  REPOSITORY,
  SMALL,
  startCampaignCairn,
  STEPS,
  unpackCampaign,
  type CampaignCairn,
} from '../support/campaign.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: CampaignCairn;
let first: Run;
let browser: Browser;
const out = mkdtempSync(join(tmpdir(), 'cairn-campaign-'));

beforeAll(async () => {
  cairn = await startCampaignCairn();
  first = await cairn.build(SMALL);
  browser = await launchChromium();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await cairn?.stop();
  rmSync(out, { recursive: true });
});

const ways = (run: Run) =>
  Object.fromEntries(run.steps.map(({ stepId, status, cacheHit }) => [stepId, cacheHit ? 'cached' : status]));
const all = (way: string) => Object.fromEntries(STEPS.map(step => [step, way]));

test('the first run executes each of the nine steps once', () => {
  expect(first.error).toBeUndefined();
  expect(first.status).toBe('completed');
  expect(ways(first)).toEqual(all('completed'));
  expect(cairn.executed()).toEqual([...STEPS].sort());
});

test('the second run takes all nine from the cache', async () => {
  const again = await cairn.build(SMALL);
  expect(ways(again)).toEqual(all('cached'));
  expect(cairn.executed()).toEqual([]);
  const [before, after] = [await artifactsOf(cairn, first), await artifactsOf(cairn, again)];
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  for (const [name, artifact] of after) {
    expect(artifact.contentHash).toBe(before.get(name)!.contentHash);
    expect(artifact.id).not.toBe(before.get(name)!.id);
  }
}, 60_000);

test('another text for winners executes what shows it, and nothing else', async () => {
  const changed = await cairn.build({ ...SMALL, copy: { win_message: 'Well done!' } });
  expect(changed.status).toBe('completed');
  expect(cairn.executed()).toEqual(['game_bundle', 'game_config', 'manifest', 'package', 'win_video']);
}, 120_000);

test('a fork from the game with an edited input executes the game, the manifest and the package', async () => {
  const input = { config: { copy: { win_message: 'Won in another world' } } };
  const { run } = await cairn.client.forkRun(first.id, { from: 'game_bundle', input });
  const forked = await cairn.client.waitForRun(run.id, { deadlineMs: 60_000 });
  expect(forked.status).toBe('completed');
  expect(cairn.executed()).toEqual(['game_bundle', 'manifest', 'package']);
  const [before, after] = [await artifactsOf(cairn, first), await artifactsOf(cairn, forked)];
  const changed = [...before.keys()].filter(
    name => after.get(name)?.contentHash !== before.get(name)!.contentHash,
  );
  expect(new Set(changed.map(name => name.split(' ')[0]))).toEqual(
    new Set(['game_bundle', 'manifest', 'package']),
  );
}, 60_000);

describe('the package', () => {
  const folder = join(out, 'first');
  beforeAll(() => unpackCampaign(cairn, first, folder));

  test('has every file that its manifest names, with the checksums that it names', () => {
    const script = join(REPOSITORY, 'test/support/verify-manifest.mjs');
    const result = JSON.parse(execFileSync(process.execPath, [script, folder], { encoding: 'utf8' })) as {
      checked: number;
      wrong: string[];
    };
    expect(result.wrong).toEqual([]);
    expect(result.checked).toBeGreaterThan(10);
  });

  test.each(['intro', 'win', 'lose'])('%s.mp4 is H.264 with AAC in the asked size and length', role => {
    const probed = execFileSync('ffprobe', [
      ...['-v', 'error', '-show_entries', 'stream=codec_name,width,height:format=duration'],
      ...['-of', 'json', join(folder, `videos/${role}.mp4`)],
    ]);
    const { streams, format } = JSON.parse(probed.toString()) as {
      streams: { codec_name: string; width?: number; height?: number }[];
      format: { duration: string };
    };
    const video = streams.find(({ codec_name }) => codec_name === 'h264');
    expect(video).toMatchObject({ width: 320, height: 180 });
    expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
    expect(Math.abs(Number(format.duration) - 1)).toBeLessThan(0.15);
  });

  test.each([
    ['won', 1, '<b>You & me</b><script>alert(1)</script>'],
    ['lost', 0, '¡Otra vez será!'],
  ] as const)(
    'plays through to its end in a browser: %s',
    async (outcome, win_probability, message) => {
      const copy = outcome === 'won' ? { win_message: message } : { lose_message: message };
      const run = await cairn.build({ ...SMALL, difficulty: { win_probability }, copy });
      expect(run.error).toBeUndefined();
      const played = join(out, outcome);
      await unpackCampaign(cairn, run, played);
      const { page, problems, close } = await openPage(browser, `file://${played}/index.html`, 'file://');
      const at = async (
        selector: string,
        within: { waitForSelector: typeof page.waitForSelector } = page,
      ) => {
        const box = (await (await within.waitForSelector(selector)).boundingBox())!;
        await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      };
      await page.waitForSelector('.player[data-state=waiting]');
      await at('.hotspot-button');
      await page.waitForSelector('.player[data-state=game]');
      const game = (await (await page.waitForSelector('.game-frame')).contentFrame())!;
      await at('.spin:enabled', game as never);
      const shown = await game.waitForSelector(`.game[data-state=${outcome}]`);
      expect(await shown.textContent()).toContain(message);
      await page.waitForSelector('.player[data-state=end]');
      expect(problems).toEqual([]);
      await close();
    },
    120_000,
  );
});

test('the same trigger in another home, folder and time zone gives the same bytes', async () => {
  const elsewhere = await startCampaignCairn({ env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8' } });
  try {
    const there = await artifactsOf(elsewhere, await elsewhere.build(SMALL));
    const here = await artifactsOf(cairn, first);
    const same = (name: string) => there.get(name)?.contentHash === here.get(name)?.contentHash;
    expect([...there.keys()].sort()).toEqual([...here.keys()].sort());
    expect([...here.keys()].filter(name => !same(name)).sort()).toEqual(
      [...here.keys()].filter(name => /^(manifest|package) /.test(name)).sort(),
    );
    expect(await inconsistencies(elsewhere)).toEqual([]);
  } finally {
    await elsewhere.stop();
  }
}, 180_000);

describe('a trigger that is refused', () => {
  const count = async () => {
    const [row] = await cairn.dataSource.query<{ count: string }[]>('SELECT count(*) FROM "run"');
    return Number(row!.count);
  };
  test.each([
    ['an unknown template', { template_id: 'no_such' }, '/template_id'],
    ['an unknown field', { surprise: 1 }, '/surprise'],
    ['a probability above 1', { difficulty: { win_probability: 1.2 } }, '/difficulty/win_probability'],
    ['a campaign_id that leaves its folder', { campaign_id: '../evil' }, '/campaign_id'],
    [
      'an end before the start',
      {
        rules: {
          active: true,
          require_login: false,
          start_date: '2027-02-01T00:00:00Z',
          end_date: '2027-01-01T00:00:00Z',
        },
      },
      '/rules/end_date',
    ],
  ])('%s leaves no run', async (_name, change, path) => {
    const before = await count();
    await expect(
      cairn.client.startRun({ workflow: 'campaign.build', trigger: { ...SMALL, ...change } }),
    ).rejects.toMatchObject({ status: 400, errors: [expect.objectContaining({ path })] });
    expect(await count()).toBe(before);
  });
});

test('a character that no font has ends the run before anything is rendered, and is named', async () => {
  cairn.executed();
  const run = await cairn.build({ ...SMALL, copy: { title: 'Win 𓀀 now' } });
  expect(run).toMatchObject({ status: 'failed', errorCode: 'VALIDATION_ERROR' });
  expect(run.error).toContain('U+13000');
  expect(cairn.executed()).toEqual(['game_config']);
}, 60_000);

test('a worker killed in the middle of a video: the next one makes it, and nothing is twice', async () => {
  cairn.executed();
  const { run } = await cairn.client.startRun({
    workflow: 'campaign.build',
    trigger: { ...SMALL, copy: { title: 'Killed' }, video: { ...SMALL.video, duration_sec: 4 } },
  });
  await waitUntil('the intro is rendered', async () => {
    const now = await cairn.client.getRun(run.id);
    return stepOf(now, 'intro_video').status === 'running';
  });
  await cairn.worker.end('SIGKILL');
  await cairn.worker.start();
  const after = await cairn.client.waitForRun(run.id, { deadlineMs: 120_000 });
  expect(after.error).toBeUndefined();
  expect(stepOf(after, 'intro_video').attempt).toBe(2);
  const names = [];
  for await (const { stepId, name } of cairn.client.runArtifacts(run.id)) names.push(`${stepId} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter(name => name.startsWith('intro_video '))).toHaveLength(2);
}, 180_000);

test('eight campaigns at once, each another: all complete', async () => {
  const runs = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      cairn.build({ ...SMALL, campaign_id: `crowd-${i}`, copy: { title: `No. ${i}` } }),
    ),
  );
  expect(runs.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'completed'));
}, 240_000);

test('records and bytes fit together', async () => {
  expect(await inconsistencies(cairn)).toEqual([]);
});
