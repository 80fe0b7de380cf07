import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { digestOf } from '@cairn/canonical';
import { CairnApiError, type Run } from '@cairn/client';
import { startCairn, type Cairn, type Program } from '../support/cairn.js';
import { REPOSITORY } from '../support/campaign.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

const FIXTURES = join(REPOSITORY, 'test/fixtures/versions');
const catalog = (name: 'old' | 'both' | 'new') => ({ CAIRN_CATALOG: join(FIXTURES, `${name}.json`) });

let cairn: Cairn;
/** A run of the first version, which is held in its first step. */
let held: Run;
beforeAll(async () => {
  cairn = await startCairn({ env: { ...catalog('old'), CAIRN_DRAIN: '0s' } });
  held = await start({ mode: 'wait', name: 'held' });
  await waitUntil(
    'it is held',
    async () => stepOf(await cairn.client.getRun(held.id), 'begin').status === 'running',
  );
}, 90_000);
afterAll(() => cairn?.stop());

const start = async (trigger: object, version?: string) =>
  (await cairn.client.startRun({ workflow: 'versions.flow', trigger, ...(version && { version }) })).run;
const ended = ({ id }: Run) => cairn.client.waitForRun(id, { deadlineMs: 60_000 });
const restart = async (program: Program, env: Readonly<Record<string, string>>) => {
  await program.end();
  await program.start(env);
};
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'accepted',
    (error: unknown) => {
      if (!(error instanceof CairnApiError)) throw error;
      return `${error.status} ${error.code}: ${error.message}`;
    },
  );
const outcome = ({ status, workflowVersion, output, steps }: Run) => [
  status,
  workflowVersion,
  (output as { text: string } | undefined)?.text,
  steps.map(({ stepId }) => stepId),
];
const first = (name: string) => ['completed', '1.0.0', `${name} by stamp 1`, ['begin', 'stamp']];
const second = (name: string) => [
  'completed',
  '2.0.0',
  `hello ${name} by stamp 2`,
  ['begin', 'greet', 'stamp'],
];

test('an API that is released before its workers refuses what they do not have, and says what', async () => {
  await restart(cairn.api, catalog('both'));
  const wanted = 'The step stamp wants the skill stamp in version 2.0.0; live workers have 1.0.0.';
  expect(await refusal(start({ name: 'early' }))).toContain(`503 SKILL_NOT_SERVED: ${wanted}`);
  expect(await refusal(start({ name: 'early' }, '2.0.0'))).toContain(wanted);
  const answer = await fetch(new URL('/v1/runs', cairn.url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow: 'versions.flow', trigger: { name: 'early' } }),
  });
  expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([503, expect.any(Number)]);
  // The plan says the same, and what they have is accepted.
  const plan = await cairn.client.planRun({ workflow: 'versions.flow', trigger: { name: 'early' } });
  expect(plan.workers.ready).toBe(false);
  expect(plan.workers.message).toContain(`such a run would be refused now: ${wanted}`);
  expect(outcome(await ended(await start({ name: 'still' }, '1.0.0')))).toEqual(first('still'));
}, 60_000);

test('two versions run side by side, also one that was under way; the highest unless another is asked for', async () => {
  await restart(cairn.worker, catalog('both'));
  const [newest, older] = await Promise.all([start({ name: 'newest' }), start({ name: 'older' }, '1.0.0')]);
  cairn.release('held');
  expect((await Promise.all([newest, older, held].map(ended))).map(outcome)).toEqual([
    second('newest'),
    first('older'),
    first('held'),
  ]);
  // A second try is of the version that it tries again.
  const { run: fork } = await cairn.client.forkRun(held.id, { from: 'stamp', input: { name: 'forked' } });
  expect(outcome(await ended(fork))).toEqual(first('forked'));
}, 90_000);

test('a second try of a version that only workers of before had is refused', async () => {
  await restart(cairn.worker, catalog('new'));
  // As if those had been gone for long enough.
  await cairn.dataSource.query(
    `UPDATE "worker_skill" SET "lastSeenAt" = "lastSeenAt" - interval '91 seconds'
      WHERE "build" <> (SELECT "build" FROM "worker_skill" ORDER BY "lastSeenAt" DESC LIMIT 1)`,
  );
  const fork = () => cairn.client.forkRun(held.id, { from: 'stamp' });
  expect(await refusal(fork())).toContain(
    '503 SKILL_NOT_SERVED: The step stamp wants the skill stamp in version 1.0.0; live workers have 2.0.0.',
  );
  expect(outcome(await ended(await start({ name: 'last' })))).toEqual(second('last'));
  await cairn.startWorker({ env: catalog('old') });
  expect(outcome(await ended((await fork()).run))).toEqual(first('held'));
}, 90_000);

test('API and worker do not start with a released version whose graph has changed', async () => {
  const file = join(cairn.home, 'catalog.json');
  const packages = [join(FIXTURES, '../toy-skill'), join(FIXTURES, 'old')];
  await writeFile(file, JSON.stringify({ packages }));
  const released = join(cairn.home, 'released.json');
  await writeFile(released, JSON.stringify({ 'versions.flow': { '1.0.0': digestOf('another graph') } }));
  const message =
    `${released}: the workflow versions.flow@1.0.0 of the package ${packages[1]} has another graph than the one that ` +
    'was released: give it a higher version';
  await expect(cairn.startWorker({ env: { CAIRN_CATALOG: file } })).rejects.toThrow(message);
  await cairn.api.end();
  await expect(cairn.api.start({ CAIRN_CATALOG: file })).rejects.toThrow(message);
}, 60_000);

test('nothing is left that does not fit together', async () => {
  expect(await inconsistencies(cairn)).toEqual([]);
});
