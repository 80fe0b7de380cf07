import { chmod, open, rm, stat, truncate, utimes } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Artifact, Run } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: Cairn;
beforeAll(async () => void (cairn = await startCairn()), 90_000);
afterEach(async () => expect(await inconsistencies(cairn)).toEqual([]));
afterAll(() => cairn?.stop());

const start = async (name: string) =>
  (await cairn.client.startRun({ workflow: 'toy.reading', trigger: { name } })).run;
const ended = (run: Run) => cairn.client.waitForRun(run.id, { deadlineMs: 60_000 });
async function pageOf(run: Run, stepId: string): Promise<Artifact> {
  for await (const artifact of cairn.client.runArtifacts(run.id))
    if (artifact.stepId === stepId && artifact.name === 'page') return artifact;
  throw new Error(`${stepId} has no page`);
}
const content = (artifact: Artifact, headers: Record<string, string> = {}) =>
  fetch(new URL(`/v1/artifacts/${artifact.id}/content`, cairn.url), { headers });
const times = (label: string) => cairn.executions().filter(line => line === label).length;
async function eventsOf(type: string): Promise<number> {
  const answer = await fetch(new URL(`/v1/events?type=${type}`, cairn.url));
  return ((await answer.json()) as { items: unknown[] }).items.length;
}

async function writable(path: string, change: () => Promise<void>): Promise<void> {
  await chmod(path, 0o644);
  await change();
}
async function flipOneBit(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 0);
  buffer[0]! ^= 1;
  await file.write(buffer, 0, 1, 0);
  await file.close();
  await utimes(path, atime, mtime);
}

describe.each<[string, (path: string) => Promise<void>]>([
  ['deleted', path => rm(path)],
  ['truncated', path => writable(path, () => truncate(path, 1))],
  ['flipped by one bit, its size and time kept', path => writable(path, () => flipOneBit(path))],
])('a blob that is %s', (how, damage) => {
  test('under a step just finished: it is made again before it is read', async () => {
    const name = `finished ${how}`;
    const run = await start(name);
    await waitUntil(
      'between runs',
      async () => stepOf(await cairn.client.getRun(run.id), 'between').status === 'running',
    );
    await waitUntil(
      'made is done',
      async () => stepOf(await cairn.client.getRun(run.id), 'made').status === 'completed',
    );
    const made = await pageOf(run, 'made');
    const before = times('made');
    const repaired = await eventsOf('artifact.repaired');
    await damage(made.uri);
    cairn.release(name);
    expect(await ended(run)).toMatchObject({ status: 'completed' });
    expect(times('made')).toBe(before + 1);
    expect(await eventsOf('artifact.repaired')).toBe(repaired + 1);
    expect(await (await content(made)).text()).toBe(`made for ${name}\n`);
    expect(await (await content(await pageOf(run, 'read'))).text()).toBe(`made for ${name}\nread\n`);
  }, 60_000);

  test('under a live entry: neither delivered nor used, and healed by the next run', async () => {
    const name = `entry ${how}`;
    cairn.release(name);
    const first = await ended(await start(name));
    const [made, read] = [await pageOf(first, 'made'), await pageOf(first, 'read')];
    const right = [await (await content(made)).text(), await (await content(read)).text()];
    for (const page of [made, read]) await damage(page.uri);
    for (const page of [made, read])
      for (const headers of [{}, { Range: 'bytes=1-3' }] as Record<string, string>[]) {
        const answer = await content(page, headers);
        expect([410, 500]).toContain(answer.status);
        expect(await answer.json()).toMatchObject({
          code: expect.stringMatching(/^ARTIFACT_(LOST|CORRUPT)$/),
        });
      }
    const before = [times('made'), times('between'), times('read')];
    const second = await ended(await start(name));
    expect(second).toMatchObject({ status: 'completed' });
    expect([times('made'), times('between'), times('read')]).toEqual([
      before[0]! + 1,
      before[1],
      before[2]! + 1,
    ]);
    // The bytes are those that the first run names too.
    expect([await (await content(made)).text(), await (await content(read)).text()]).toEqual(right);
    expect(stepOf(await ended(await start(name)), 'made')).toMatchObject({ cacheHit: true });
  }, 60_000);
});
