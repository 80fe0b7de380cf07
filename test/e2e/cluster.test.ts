import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { REPOSITORY } from '../support/campaign.js';
import { startCluster, type Cluster } from '../support/cluster/cluster.js';
import { findings } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

// Two APIs and two workers on Temporal's full server, each a process of its own.
let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    env: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/catalog.json'), CAIRN_LEASE: '3s' },
    say: line => process.stdout.write(`${line}\n`),
  });
  // The first time, Temporal's server is built.
}, 900_000);
afterAll(() => cluster?.stop());

const startAt = async (api: number, workflow: string, trigger: object): Promise<Run> =>
  (await cluster.clients[api]!.startRun({ workflow, trigger })).run;
const endedAt = (api: number, { id }: Run) => cluster.clients[api]!.waitForRun(id, { deadlineMs: 120_000 });

test('a run that is started at one API is read at the other, and the second like it is all hits', async () => {
  const first = await endedAt(1, await startAt(0, 'toy.diamond', { name: 'cluster' }));
  expect(first.steps.map(({ stepId, status }) => `${stepId} ${status}`)).toEqual(
    ['first', 'left', 'right', 'last'].map(step => `${step} completed`),
  );
  const second = await endedAt(0, await startAt(1, 'toy.diamond', { name: 'cluster' }));
  expect(second.steps.map(({ reason }) => reason)).toEqual(first.steps.map(() => 'cache_hit'));
}, 60_000);

describe('with one of each killed', () => {
  test('runs that were under way on both workers complete', async () => {
    const runs: Run[] = [];
    /** The processes that execute a waiting toy, with each toy's name. */
    const executing = () =>
      runs.flatMap((_, index) => {
        const file = join(cluster.home, 'marks', `held ${index}.process`);
        return existsSync(file) ? [Number(readFileSync(file, 'utf8'))] : [];
      });
    const workers = () => cluster.workers.map(({ pid }) => pid);
    while (!workers().every(pid => executing().includes(pid!)) && runs.length < 12) {
      runs.push(await startAt(runs.length % 2, 'toy.diamond', { name: `held ${runs.length}`, mode: 'wait' }));
      await waitUntil('it is executed', () => executing().length === runs.length);
    }
    expect(new Set(executing())).toEqual(new Set(workers()));

    await Promise.all([cluster.apis[1]!.end('SIGKILL'), cluster.workers[0]!.end('SIGKILL')]);
    runs.push(await startAt(0, 'toy.diamond', { name: 'afterwards' }));
    runs.forEach((_, index) => cluster.release(`held ${index}`));
    const after = await Promise.all(runs.map(run => endedAt(0, run)));
    expect(after.map(({ status }) => status)).toEqual(runs.map(() => 'completed'));

    await Promise.all([cluster.apis[1]!.start(), cluster.workers[0]!.start()]);
    expect((await cluster.clients[1]!.getRun(runs[0]!.id)).status).toBe('completed');
    expect((await findings(cluster)).broken).toEqual([]);
  }, 180_000);
});
