import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { startTemporal, type RunningTemporal } from '@cairn/local-stack';
import { CairnCommand } from '../support/cairn-command.js';
import { startCairn, type Cairn } from '../support/cairn.js';
import { copyDatabase } from '../support/copy-database.js';
import { SEARCH_ATTRIBUTES } from '../support/own-stack.js';
import { waitUntil } from '../support/wait-until.js';

// A backup as the page for operators says: the database first, then the bytes, while runs go on and a collection comes
// between. What is restored is a Cairn of its own, with a Temporal that knows nothing.
let home: string;
let first: Cairn;
let second: Cairn;
let temporal: RunningTemporal;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cairn-backup-'));
  first = await startCairn({ env: { CAIRN_COLLECT_EVERY: '0' } });
}, 90_000);
afterAll(async () => {
  try {
    await second?.stop();
    await first?.stop();
  } finally {
    await temporal?.process.stop();
  }
  await rm(home, { recursive: true, force: true });
});

/** What `cairn artifacts verify --runs --json` prints. */
interface Verified {
  readonly checked: number;
  readonly runs: {
    readonly verified: number;
    readonly damaged: readonly {
      readonly runId: string;
      readonly status: string;
      readonly files: readonly { readonly stepId?: string; readonly problem: string }[];
      readonly heal: { readonly by: string; readonly from?: readonly string[] };
    }[];
  };
}

const start = async (cairn: Cairn, workflow: string, name: string) =>
  (await cairn.client.startRun({ workflow, trigger: { name } })).run;
const ended = (cairn: Cairn, { id }: Run) => cairn.client.waitForRun(id, { deadlineMs: 60_000 });
const collect = (cairn: Cairn) => cairn.client.collectStore({ grace: '0' });

/** The digest of everything that a run has, as far as its bytes are given. */
async function unreadable(cairn: Cairn, runId: string): Promise<number> {
  let count = 0;
  for await (const { id } of cairn.client.runArtifacts(runId)) {
    const answer = await fetch(new URL(`/v1/artifacts/${id}/content`, cairn.url));
    await answer.arrayBuffer();
    if (!answer.ok) count += 1;
  }
  return count;
}

test('database and bytes of different instants: each run is whole, or named with what heals it', async () => {
  const lost = await ended(first, await start(first, 'toy.diamond', 'lost'));
  const kept = await ended(first, await start(first, 'toy.diamond', 'kept'));
  const open = await start(first, 'toy.reading', 'open');
  await waitUntil(
    'the open run is under way',
    async () => (await first.client.getRun(open.id)).status === 'running',
  );
  let stop = false;
  const traffic = (async () => {
    const runs: Run[] = [];
    for (let n = 0; !stop; n += 1) {
      const run = await ended(first, await start(first, 'toy.diamond', `traffic ${n % 3}`));
      runs.push(run);
      if (n % 3 === 2) await first.client.deleteRun(runs.shift()!.id);
    }
    return runs;
  })();

  const copy = await copyDatabase(first.dataSource);
  // Between the two: a run of the copied database goes, with its results, and its bytes are collected.
  await first.client.deleteRun(lost.id);
  await first.dataSource.query(`DELETE FROM "step_cache" WHERE "outputs"::text LIKE '%lost%'`);
  await collect(first);
  const later = await ended(first, await start(first, 'toy.diamond', 'later'));
  await collect(first);
  await cp(join(first.home, 'artifacts'), join(home, 'artifacts'), { recursive: true });
  stop = true;
  expect((await traffic).length).toBeGreaterThan(0);
  await Promise.all([first.api.end(), first.worker.end('SIGKILL')]);

  temporal = await startTemporal({ home, searchAttributes: SEARCH_ATTRIBUTES, log: () => undefined });
  second = await startCairn({
    database: copy,
    env: {
      CAIRN_COLLECT_EVERY: '0',
      CAIRN_ARTIFACTS: join(home, 'artifacts'),
      TEMPORAL_ADDRESS: temporal.address,
    },
  });
  const command = new CairnCommand({ CAIRN_URL: second.url });
  const verify = async () => command.json<Verified>('artifacts', 'verify', '--runs');

  // What was under way goes on with the Temporal that knew nothing of it.
  second.release('open');
  expect(await ended(second, open)).toMatchObject({ status: 'completed' });
  const { exit, document } = await verify();
  const known = (await second.client.listRuns({ limit: 200, children: 'true' })).items;
  const ids = known.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([lost.id, kept.id, open.id]));
  expect(ids).not.toContain(later.id);
  const damaged = new Map(document.runs.damaged.map(run => [run.runId, run]));
  expect([exit, document.runs.verified + damaged.size]).toEqual([1, known.length]);
  for (const { id } of known)
    expect([id, await unreadable(second, id)]).toEqual([id, damaged.get(id)?.files.length ?? 0]);
  expect(damaged.get(lost.id)).toMatchObject({ status: 'completed', heal: { by: 'fork' } });
  expect(new Set(damaged.get(lost.id)!.files.map(({ problem }) => problem))).toEqual(new Set(['missing']));
  expect(damaged.has(kept.id)).toBe(false);

  // Each of them is made whole by what is said.
  for (const { runId, heal } of damaged.values()) {
    const said = await command.run('runs', 'fork', runId, '--from', heal.from![0]!, '--watch');
    expect([said.exit, said.stderr]).toEqual([0, '']);
  }
  const healed = await verify();
  expect([healed.exit, healed.document.runs.damaged]).toEqual([0, []]);
  expect(await unreadable(second, lost.id)).toBe(0);
}, 180_000);
