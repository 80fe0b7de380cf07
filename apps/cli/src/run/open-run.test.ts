import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aRun } from '../testing/a-run.js';
import { openRun } from './open-run.js';

let home: string;
/** What the API has: runs by idempotency key. */
let runs: Map<string, Run>;
/** Thrown by the API once it has made the run, as when this process ends before the answer. */
let cut: Error | undefined;
let said: string[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cairn last run '));
  [runs, said, cut] = [new Map(), [], undefined];
});
afterEach(() => rm(home, { recursive: true }));

const api = {
  startRun: async (_workflow: string, _trigger: unknown, key: string) => {
    const kept = JSON.parse(await readFile(join(home, 'last-run.json'), 'utf8')) as object;
    expect(kept).toMatchObject({ idempotencyKey: key });
    const replayed = runs.has(key);
    const run = runs.get(key) ?? aRun([], { id: `run-${runs.size + 1}`, status: 'queued' });
    runs.set(key, run);
    if (cut) throw cut;
    return { run, replayed };
  },
  existingRun: (id: string) => Promise.resolve([...runs.values()].find(run => run.id === id)),
};
const open = async (trigger: unknown = { campaign_id: 'neon' }) =>
  (await openRun(api, { home, workflow: 'w', trigger }, { line: text => said.push(text) })).id;
const end = () => {
  for (const [key, run] of runs) runs.set(key, { ...run, status: 'completed' });
};

test('a start that was cut off before its answer is found again by the next', async () => {
  cut = new Error('killed');
  await expect(open()).rejects.toThrow('killed');
  cut = undefined;
  expect([await open(), await open(), runs.size]).toEqual(['run-1', 'run-1', 1]);
  expect(said[0]).toBe('  Going on with run run-1, which has not ended yet');
});

test('a new run begins when the earlier one has ended, whether its answer was read or not', async () => {
  cut = new Error('killed');
  await expect(open()).rejects.toThrow('killed');
  cut = undefined;
  end();
  expect(await open()).toBe('run-2');
  end();
  expect(await open()).toBe('run-3');
  expect(said).toEqual([]);
});

test('a new run begins when the earlier one is gone, or something else is asked for', async () => {
  expect(await open()).toBe('run-1');
  expect(await open({ campaign_id: 'other' })).toBe('run-2');
  runs.clear();
  expect(await open({ campaign_id: 'other' })).toBe('run-1');
});

test('an API that cannot answer begins no second run', async () => {
  await open();
  const away = { ...api, existingRun: () => Promise.reject(new Error('away')) };
  const again = openRun(
    away,
    { home, workflow: 'w', trigger: { campaign_id: 'neon' } },
    { line: () => undefined },
  );
  await expect(again).rejects.toThrow('away');
  expect(runs.size).toBe(1);
});
