import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CairnApiError, type Run } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: Cairn;
beforeAll(async () => void (cairn = await startCairn({ catalog: 'second-tries' })), 90_000);
afterEach(async () => expect(await inconsistencies(cairn)).toEqual([]));
afterAll(() => cairn?.stop());

const start = async (workflow: string, trigger: unknown, options: object = {}) =>
  (await cairn.client.startRun({ workflow, trigger, options })).run;
const ended = ({ id }: { id: string }) => cairn.client.waitForRun(id, { deadlineMs: 30_000 });
const run = async (workflow: string, trigger: unknown, options: object = {}) =>
  ended(await start(workflow, trigger, options));
const retry = async ({ id }: Run) => ended((await cairn.client.retryRun(id)).run);
const fork = async ({ id }: Run, request: Parameters<Cairn['client']['forkRun']>[1]) =>
  ended((await cairn.client.forkRun(id, request)).run);

/** What is done, and which steps were executed for it, by name. */
async function executing<T>(work: () => Promise<T>): Promise<{ done: T; executed: readonly string[] }> {
  const before = cairn.executions().length;
  const done = await work();
  return { done, executed: cairn.executions().slice(before).sort() };
}
const takenOver = (of: Run) => of.steps.filter(step => step.madeByRunId).map(({ stepId }) => stepId);
const textOf = async (of: Run, stepId: string) => {
  const { items } = await cairn.client.listRunArtifacts(of.id, { limit: 200 });
  const page = items.find(({ stepId: step, type }) => step === stepId && type === 'text/page')!;
  return new Response((await cairn.client.download(page.id)).stream).text();
};
/** How a request is refused: status and code, then place and code of each issue. */
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => ['accepted'],
    (error: unknown) => {
      if (!(error instanceof CairnApiError)) throw error;
      return [`${error.status} ${error.code}`, ...error.errors.map(({ path, code }) => `${path} ${code}`)];
    },
  );
const SIX = ['one', 'two', 'three', 'four', 'five', 'six'];
const UNKNOWN = '01900000-0000-7000-8000-000000000000';

describe('a retry', () => {
  test.each<[string, object, () => Promise<unknown>]>([
    ['as it is', {}, () => Promise.resolve()],
    ['whose results are evicted', {}, () => cairn.client.evictCacheEntries({ all: true })],
    ['that bypasses the cache', { bypass: true }, () => Promise.resolve()],
    ['that refreshes all', { refresh: true }, () => Promise.resolve()],
  ])(
    'of nine steps that failed at the seventh executes what did not finish: %s',
    async (name, options, meanwhile) => {
      const { done: failed, executed } = await executing(() => run('toy.nine', { name }, options));
      expect(executed).toEqual([...SIX, 'seven'].sort());
      expect([failed.status, failed.errorCode]).toEqual(['failed', 'TOY_FAILED']);
      await meanwhile();

      const again = await executing(() => retry(failed));
      expect(again.executed).toEqual(['seven']);
      expect([again.done.status, again.done.retryOfRunId]).toEqual(['failed', failed.id]);
      await meanwhile();

      cairn.release(name);
      const last = await executing(() => retry(again.done));
      expect(last.executed).toEqual(['eight', 'nine', 'seven']);
      expect(last.done).toMatchObject({
        status: 'completed',
        retryOfRunId: again.done.id,
        rootRunId: failed.id,
        trigger: { name },
        ...(Object.keys(options).length > 0 && { options }),
      });
      for (const stepId of SIX)
        expect(stepOf(last.done, stepId)).toMatchObject({
          status: 'skipped',
          reason: 'cache_hit',
          madeByRunId: failed.id,
          output: stepOf(failed, stepId).output,
        });
      expect(await textOf(last.done, 'nine')).toBe(`${name}\n${name}\n`);
    },
    60_000,
  );

  test('of a run that was cancelled goes on where it was', async () => {
    const { id } = await start('toy.diamond', { name: 'cancelled', mode: 'wait' });
    await waitUntil('right is done, and left waits', async () => {
      const now = await cairn.client.getRun(id);
      return stepOf(now, 'right').status === 'completed' && stepOf(now, 'left').status === 'running';
    });
    await cairn.client.cancelRun(id);
    const cancelled = await ended({ id });
    expect(cancelled.status).toBe('cancelled');
    cairn.release('cancelled');
    const { done, executed } = await executing(() => retry(cancelled));
    expect(done.status).toBe('completed');
    expect(executed).toEqual(['last', 'left']);
  }, 30_000);

  test('repeats a step whose result has lost its bytes, and what depends on it where that is never cached', async () => {
    const failed = await run('toy.nine', { name: 'lossy' });
    const [{ uri }] = await cairn.dataSource.query<[{ uri: string }]>(
      `SELECT "uri" FROM "artifact" WHERE "runId" = $1 AND "stepId" = 'one' AND "type" = 'json/note'`,
      [failed.id],
    );
    await rm(uri);
    cairn.release('lossy');
    const { done, executed } = await executing(() => retry(failed));
    expect(done.status).toBe('completed');
    expect(executed).toEqual(['eight', 'nine', 'one', 'seven', 'three']);
  }, 30_000);

  test('is made once for an idempotency key, and only of a run that has failed or was cancelled', async () => {
    const failed = await run('toy.broken', { name: 'keyed' });
    const options = { idempotencyKey: 'retry-of-keyed' };
    const [first, second] = await Promise.all([1, 2].map(() => cairn.client.retryRun(failed.id, options)));
    expect(second!.run.id).toBe(first!.run.id);
    const completed = await run('toy.diamond', { name: 'completed' });
    expect(await refusal(cairn.client.retryRun(completed.id))).toEqual(['409 RUN_NOT_RETRYABLE']);
    expect(await refusal(cairn.client.retryRun(completed.id, options))).toEqual([
      '422 IDEMPOTENCY_KEY_REUSED',
    ]);
    const { id } = await start('toy.diamond', { name: 'busy', mode: 'wait' });
    expect(await refusal(cairn.client.retryRun(id))).toEqual(['409 RUN_NOT_RETRYABLE']);
    cairn.release('busy');
    await Promise.all([ended({ id }), ended(first!.run)]);
  }, 30_000);
});

describe('a fork', () => {
  let whole: Run;
  beforeAll(async () => void (whole = await run('toy.diamond', { name: 'whole' })));

  test('with an edited input executes the step and what depends on it', async () => {
    const { done, executed } = await executing(() =>
      fork(whole, { from: 'left', input: { text: 'edited' } }),
    );
    expect(executed).toEqual(['last', 'left']);
    expect(done).toMatchObject({
      status: 'completed',
      forkOfRunId: whole.id,
      forkFromStepId: 'left',
      inputEdits: { left: { text: 'edited' } },
    });
    expect(takenOver(done)).toEqual(['first', 'right']);
    expect(await textOf(done, 'last')).toBe('edited | whole end\n');

    // Its own fork keeps the edit, and joins another to it.
    const both = await executing(() => fork(done, { from: 'left', input: { label: 'renamed' } }));
    expect(both.executed).toEqual(['renamed']);
    expect(both.done.inputEdits).toEqual({ left: { text: 'edited', label: 'renamed' } });
    expect(takenOver(both.done)).toEqual(['first', 'right', 'last']);
  }, 30_000);

  test('with another trigger takes over what does not depend on its step, whatever the trigger says now', async () => {
    const trigger = { name: 'another', ending: 'elsewhere' };
    const { done, executed } = await executing(() => fork(whole, { from: 'right', trigger }));
    expect(executed).toEqual(['last', 'right']);
    expect(done.trigger).toEqual(trigger);
    expect(await textOf(done, 'last')).toBe('whole | whole elsewhere\n');
  }, 30_000);

  test('keeps what its condition has left out, or not', async () => {
    const quiet = await run('toy.choice', { loud: false });
    const still = await fork(quiet, { from: 'said', trigger: { loud: true } });
    expect(stepOf(still, 'loud')).toMatchObject({ status: 'skipped', reason: 'condition_false' });
    expect(still.output).toEqual({ text: 'quiet' });
    const loud = await run('toy.choice', { loud: true });
    expect((await fork(loud, { from: 'said', trigger: { loud: false } })).output).toEqual({ text: 'LOUD' });
  }, 30_000);

  test('puts the file in that an artifact id names, and keeps its bytes', async () => {
    const { items } = await cairn.client.listRunArtifacts(whole.id, { limit: 200 });
    const page = items.find(({ filename }) => filename === 'last.txt')!;
    cairn.release('book');
    const book = await run('toy.reading', { name: 'book' });
    const { done, executed } = await executing(() =>
      fork(book, { from: 'read', input: { of: { artifactId: page.id } } }),
    );
    expect(executed).toEqual(['read']);
    expect(await textOf(done, 'read')).toBe('whole | whole end\nread\n');
    const given = (await cairn.client.listRunArtifacts(done.id, { limit: 200 })).items.filter(
      ({ stepId }) => stepId === undefined,
    );
    expect(given.map(({ contentHash }) => contentHash)).toEqual([page.contentHash]);
    const note = items.find(({ type }) => type === 'json/note')!;
    const typed = cairn.client.forkRun(book.id, { from: 'read', input: { of: { artifactId: note.id } } });
    expect(await refusal(typed)).toEqual(['400 VALIDATION_ERROR', '/input/of/type VALIDATION_ERROR']);
  }, 30_000);

  test('of a run that is not over takes over what it has finished', async () => {
    const { id } = await start('toy.diamond', { name: 'open', mode: 'wait' });
    await waitUntil(
      'right is done',
      async () => stepOf(await cairn.client.getRun(id), 'right').status === 'completed',
    );
    const { run: forked } = await cairn.client.forkRun(id, { from: 'left', input: { mode: null } });
    expect((await ended(forked)).status).toBe('completed');
    expect((await cairn.client.getRun(id)).status).toBe('running');
    cairn.release('open');
    await ended({ id });
  }, 30_000);

  test.each<[string, Parameters<Cairn['client']['forkRun']>[1], string[]]>([
    ['an unknown step', { from: 'nowhere' }, ['/from STEP_UNKNOWN']],
    ['an input of the wrong type', { from: 'left', input: { text: 7 } }, ['/input/text VALIDATION_ERROR']],
    [
      'an input that lacks what is needed',
      { from: 'left', input: { label: null } },
      ['/input/label VALIDATION_ERROR'],
    ],
    [
      'a field that the input does not have',
      { from: 'left', input: { txet: 'x' } },
      ['/input/txet VALIDATION_ERROR'],
    ],
    [
      'an unknown artifact',
      { from: 'left', input: { of: { artifactId: UNKNOWN } } },
      ['/input/of/artifactId ARTIFACT_UNKNOWN'],
    ],
    ['a bad trigger', { from: 'left', trigger: { name: 'x', nope: 1 } }, ['/nope VALIDATION_ERROR']],
  ])('is refused for %s', async (_what, request, issues) => {
    expect(await refusal(cairn.client.forkRun(whole.id, request))).toEqual([
      '400 VALIDATION_ERROR',
      ...issues,
    ]);
  });
});

describe('a map', () => {
  test('that failed goes on with the items that are not done', async () => {
    const failed = await run('map.pages', { words: 'a b:fail_until c d', title: 'Book' });
    expect([failed.status, stepOf(failed, 'pages').status]).toEqual(['failed', 'failed']);
    const [{ done: finished }] = await cairn.dataSource.query<[{ done: number }]>(
      `SELECT count(*)::int AS "done" FROM "run_step" WHERE "runId" = $1 AND "mapStepId" = 'pages' AND "status" = 'completed'`,
      [failed.id],
    );
    await cairn.client.evictCacheEntries({ all: true });
    cairn.release('Book: b');
    const { done, executed } = await executing(() => retry(failed));
    expect(done.status).toBe('completed');
    // Four drafts and pages, less what was done, and the last step.
    expect(executed.filter(label => label !== 'last')).toHaveLength(8 - finished);
    expect(finished).toBeGreaterThan(0);
    expect(stepOf(done, 'words').madeByRunId).toBe(failed.id);
    expect((done.output as { pages: { name: string }[] }).pages.map(({ name }) => name)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  }, 30_000);

  test('that is done is taken over with its items, which stay when the run goes that made them', async () => {
    const whole = await run('map.pages', { words: 'e f g', title: 'Whole' });
    expect(whole.status).toBe('completed');
    await cairn.client.evictCacheEntries({ all: true });
    const { done, executed } = await executing(() =>
      fork(whole, { from: 'last', trigger: { words: 'x', title: 'Forked' } }),
    );
    expect(executed).toEqual(['last']);
    expect(done.output).toMatchObject({ pages: (whole.output as { pages: unknown }).pages });
    expect(stepOf(done, 'pages').items).toEqual({ total: 3, done: 3, cached: 3, failed: 0 });

    await cairn.client.deleteRun(whole.id);
    await cairn.client.collectStore({ grace: '0' });
    const { items } = await cairn.client.listRunArtifacts(done.id, { limit: 200 });
    const page = items.find(({ stepId, type }) => stepId === 'pages[f].page' && type === 'text/page')!;
    expect(await new Response((await cairn.client.download(page.id)).stream).text()).toBe('Whole: f\n');
  }, 30_000);
});

test('many runs are retried by filter, the oldest first, each once; a dry run says which', async () => {
  const since = new Date().toISOString();
  const failed = [];
  for (const name of ['many-1', 'many-2', 'many-3']) failed.push(await run('toy.nine', { name }));
  const other = await run('toy.broken', { name: 'many' });
  await run('toy.diamond', { name: 'many' });
  const filter = {
    workflow: 'toy.nine',
    status: 'failed',
    errorCode: 'TOY_FAILED',
    createdAfter: since,
  } as const;
  const ids = failed.map(({ id }) => id);

  const dry = await cairn.client.retryRuns({ ...filter, dryRun: true, limit: 2 });
  expect(dry).toEqual({
    dryRun: true,
    matched: 3,
    retried: ids.slice(0, 2).map(runId => ({ runId })),
    refused: [],
  });
  const all = await cairn.client.retryRuns({ createdAfter: since, dryRun: true });
  expect(all.retried.map(({ runId }) => runId)).toEqual([...ids, other.id]);

  for (const name of ['many-1', 'many-2', 'many-3']) cairn.release(name);
  const { done, executed } = await executing(async () => {
    // Two at once: each run is retried by one of them.
    const answers = await Promise.all([1, 2].map(() => cairn.client.retryRuns(filter)));
    const retried = answers.flatMap(answer => answer.retried);
    for (const { newRunId } of retried) await ended({ id: newRunId! });
    return { answers, retried };
  });
  expect(done.retried.map(({ runId }) => runId).sort()).toEqual([...ids].sort());
  expect(new Set(done.answers.flatMap(({ refused }) => refused.map(({ code }) => code)))).toEqual(
    new Set(done.answers.some(({ refused }) => refused.length > 0) ? ['ALREADY_RETRIED'] : []),
  );
  expect(executed).toEqual(['eight', 'nine', 'seven'].flatMap(step => [step, step, step]));
  expect(await cairn.client.retryRuns(filter)).toEqual({
    dryRun: false,
    matched: 0,
    retried: [],
    refused: [],
  });
  expect(await refusal(cairn.client.retryRuns({}))).toEqual(['400 VALIDATION_ERROR', ' VALIDATION_ERROR']);
}, 60_000);

test("another tenant's run is as one that does not exist", async () => {
  const theirs = await run('toy.broken', { name: 'theirs' });
  await cairn.dataSource.query(`UPDATE "run" SET "tenantId" = 'other' WHERE "id" = $1`, [theirs.id]);
  for (const id of [theirs.id, UNKNOWN]) {
    expect(await refusal(cairn.client.retryRun(id))).toEqual(['404 NOT_FOUND']);
    expect(await refusal(cairn.client.forkRun(id, { from: 'apart' }))).toEqual(['404 NOT_FOUND']);
  }
  const { retried } = await cairn.client.retryRuns({ all: true, dryRun: true });
  expect(retried.map(({ runId }) => runId)).not.toContain(theirs.id);
  await cairn.dataSource.query(`UPDATE "run" SET "tenantId" = 'local' WHERE "id" = $1`, [theirs.id]);
}, 30_000);
