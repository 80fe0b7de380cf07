import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Run } from '@cairn/client';
import { REPOSITORY } from '../support/campaign.js';
import { startCairn, temporalAddress, type Cairn, type Program } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

/** What the skill's output says made it. */
interface MadeBy {
  readonly main: string;
  readonly thread: string;
}
const wordsOf = ({ main, thread }: MadeBy) => `${main}, ${thread}`;
const madeBy = (main: string, thread = main): MadeBy => ({
  main: `main of the ${main} build`,
  thread: `thread of the ${thread} build`,
});
const [OLD, NEW, NEWER] = [madeBy('first'), madeBy('second'), madeBy('second', 'third')];

let folder: string;
let cairn: Cairn;
let second: Program;
/** The fingerprint that a build registered for the skill, by what its output says of it. */
const fingerprints = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-builds-'));
  cairn = await startCairn({ env: { CAIRN_CATALOG: copyBuild('first'), CAIRN_CONCURRENCY: 'default=6' } });
  await noteFingerprint(OLD);
}, 90_000);
afterEach(async () => expect(await inconsistencies(cairn)).toEqual([]));
afterAll(async () => {
  await cairn?.stop();
  if (folder) await rm(folder, { recursive: true });
});

/** A copy of the fixture as if it were built from other sources. @returns its catalog */
function copyBuild(name: string): string {
  const root = join(folder, name);
  for (const path of ['built-skill', 'built-workflows', 'built-catalog.json'].map(
    part => `test/fixtures/${part}`,
  ))
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true });
  for (const path of ['built-skill', 'built-workflows'].map(part => `test/dist/fixtures/${part}`))
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true });
  cpSync(join(REPOSITORY, 'test/package.json'), join(root, 'test/package.json'));
  mkdirSync(root, { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  for (const module of ['build', 'build.thread']) edit(name, module, 'first', name);
  return join(root, 'test/fixtures/built-catalog.json');
}
function edit(build: string, module: string, from: string, to: string): void {
  const file = join(folder, build, `test/dist/fixtures/built-skill/${module}.js`);
  const text = readFileSync(file, 'utf8');
  if (!text.includes(`of the ${from} build`)) throw new Error(`${file} is not of the ${from} build`);
  writeFileSync(file, text.replace(`of the ${from} build`, `of the ${to} build`));
}

const rows = <T>(sql: string, parameters: unknown[] = []) => cairn.dataSource.query<T[]>(sql, parameters);

/** Waits for one more build to be registered, and notes it. */
async function noteFingerprint(by: MadeBy): Promise<void> {
  const known = [...fingerprints.values()];
  const added = await waitUntil('another build is registered', async () => {
    const registered = await rows<{ fingerprint: string }>(
      `SELECT "fingerprint" FROM "worker_skill" WHERE "skillId" = 'built'`,
    );
    return registered.map(({ fingerprint }) => fingerprint).find(fingerprint => !known.includes(fingerprint));
  });
  fingerprints.set(wordsOf(by), added);
  // Of a step that starts no thread.
  const plain = wordsOf({ ...by, thread: 'none' });
  fingerprints.set(plain, fingerprints.get(plain) ?? added);
}

const start = async (name: string) =>
  (await cairn.client.startRun({ workflow: 'built.chain', trigger: { name } })).run;
const ended = (run: Run) => cairn.client.waitForRun(run.id, { deadlineMs: 120_000 });

interface Made {
  readonly by: MadeBy;
  readonly fingerprint: string;
  readonly text: string;
}
/** Of every step of these runs: what its output says made it, under which fingerprint it is kept, and its page. */
async function madeIn(runs: readonly Run[]): Promise<readonly Made[]> {
  const steps = await rows<{ runId: string; stepId: string; by: MadeBy; fingerprint: string }>(
    `SELECT "runId", "stepId", "output"->'by' AS "by", "keyIngredients"->>'fingerprint' AS "fingerprint"
       FROM "run_step" WHERE "runId" = ANY($1::uuid[])`,
    [runs.map(({ id }) => id)],
  );
  const texts = new Map<string, string>();
  for (const { id } of runs)
    for await (const artifact of cairn.client.runArtifacts(id)) {
      if (artifact.type !== 'text/built') continue;
      const { stream } = await cairn.client.download(artifact.id);
      texts.set(`${id} ${artifact.stepId}`, await new Response(stream).text());
    }
  return steps.map(({ runId, stepId, by, fingerprint }) => ({
    by,
    fingerprint,
    text: texts.get(`${runId} ${stepId}`)!,
  }));
}
/** What is kept under another fingerprint than that of the build that made it. */
const misplaced = (made: readonly Made[]) =>
  made.filter(
    ({ by, fingerprint, text }) =>
      fingerprints.get(wordsOf(by)) !== fingerprint || !text.endsWith(`: ${wordsOf(by)}\n`),
  );
/** Cache entries, each with the fingerprint in the key that it is kept under. */
const entries = () =>
  rows<{ by: MadeBy; fingerprint: string | null }>(
    `SELECT "entry"."outputs"->'output'->'by' AS "by",
            (SELECT min("step"."keyIngredients"->>'fingerprint') FROM "run_step" AS "step"
              WHERE "step"."cacheKey" = "entry"."cacheKey") AS "fingerprint"
       FROM "step_cache" AS "entry"`,
  );

test('two builds on one queue: no result is kept under the fingerprint of the other', async () => {
  second = await cairn.startWorker({ env: { CAIRN_CATALOG: copyBuild('second') } });
  await noteFingerprint(NEW);
  // Ten of them want what others want too.
  const runs = await Promise.all(Array.from({ length: 30 }, (_, n) => start(`both ${n % 20}`)));
  const after = await Promise.all(runs.map(ended));
  expect(new Set(after.map(({ status }) => status))).toEqual(new Set(['completed']));
  const made = await madeIn(runs);
  expect([made.length, misplaced(made)]).toEqual([90, []]);
  const kept = await entries();
  expect(kept.length).toBeGreaterThanOrEqual(60);
  for (const { by, fingerprint } of kept) expect(fingerprint).toBe(fingerprints.get(wordsOf(by)));
  for (const build of [OLD, NEW])
    expect(kept.filter(({ by }) => by.main === build.main).length).toBeGreaterThan(0);
}, 240_000);

test('when the old build is gone, everything is the new one’s, also what the old one had made', async () => {
  await cairn.worker.end('SIGTERM');
  const runs = await Promise.all(
    Array.from({ length: 15 }, (_, n) => start(n < 10 ? `both ${n}` : `new ${n}`)),
  );
  for (const run of await Promise.all(runs.map(ended))) expect(run.status).toBe('completed');
  const made = await madeIn(runs);
  expect([made.length, misplaced(made)]).toEqual([45, []]);
  expect(new Set(made.map(({ by }) => by.main))).toEqual(new Set([NEW.main]));
}, 240_000);

test('a module that is replaced under a running worker: it stores nothing, and a fresh worker completes the run', async () => {
  edit('second', 'build.thread', 'second', 'third');
  const run = await start('replaced');
  const label = 'second of replaced';
  await waitUntil(
    'it is executed again',
    () => cairn.executions().filter(line => line === label).length >= 2,
    60_000,
  );
  const [open] = await rows<{ artifacts: number; entries: number }>(
    `SELECT (SELECT count(*)::int FROM "artifact" WHERE "runId" = $1 AND "stepId" = 'second') AS "artifacts",
            (SELECT count(*)::int FROM "step_cache" WHERE "runId" = $1 AND "stepId" = 'second') AS "entries"`,
    [run.id],
  );
  expect(open).toEqual({ artifacts: 0, entries: 0 });
  expect(stepOf(await cairn.client.getRun(run.id), 'second').status).toBe('running');
  expect(await failuresOf(run)).toContainEqual(
    expect.stringMatching(/^The code of built changed under the running worker/),
  );
  await second.end('SIGTERM');
  await second.start();
  await noteFingerprint(NEWER);
  expect(await ended(run)).toMatchObject({ status: 'completed' });
  const made = (await madeIn([run])).filter(({ text }) => text.startsWith(label));
  expect(misplaced(made)).toEqual([]);
  expect(made.map(({ by }) => by)).toEqual([NEWER]);
}, 180_000);

/** What the activities of a run failed with so far. */
async function failuresOf(run: Run): Promise<readonly (string | null | undefined)[]> {
  const connection = await Connection.connect({ address: temporalAddress() });
  const handle = new Client({ connection }).workflow.getHandle(`run-${run.id}`);
  const { events } = await handle.fetchHistory();
  await connection.close();
  return (events ?? []).map(event => event.activityTaskFailedEventAttributes?.failure?.message);
}
