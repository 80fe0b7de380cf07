import { StoreUnavailableError } from '@cairn/artifact-store';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { FileRef } from '@cairn/skill-kit';
import { openRun } from '../runs/open-run.js';
import { hooks, startTestEngine, stepRequest, TENANT, type TestEngine } from '../testing/test-engine.js';
import { executeStep } from './execute-step.js';
import { lookUpFrontier } from './look-up-frontier.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

/** Does something while the store cannot tell about one blob; with what was logged then. */
async function whileUnreadable<T>(digest: string, work: (engine: TestEngine['engine']) => Promise<T>) {
  const { store } = it.engine;
  const stat = store.stat.bind(store);
  const logged: [fields: object, message: string][] = [];
  const warn = (fields: object, message: string) => void logged.push([fields, message]);
  store.stat = (tenantId, asked) =>
    asked === digest
      ? Promise.reject(new StoreUnavailableError(new Error('EMFILE: too many open files')))
      : stat(tenantId, asked);
  const result = await work({ ...it.engine, log: { ...it.engine.log, warn } }).finally(
    () => (store.stat = stat),
  );
  return { result, logged };
}

/** Executes the step `first` of a new run as any run of toy.echo has it, and gives the digest of its file. */
async function executed(): Promise<string> {
  const answer = await executeStep(
    it.engine,
    stepRequest(await it.newRun(), 'first', { text: 'trigger' }),
    hooks(),
  );
  return (answer as unknown as { output: { said: FileRef } }).output.said.digest;
}

test('a blob that cannot be looked at for the moment makes the steps misses, and is logged once', async () => {
  const digest = await executed();
  const run = await it.newRun();
  const request = stepRequest(run, 'first', { text: 'trigger' });
  const miss = await whileUnreadable(digest, engine => lookUpFrontier(engine, [request]));
  expect(miss.result).toEqual([{ kind: 'miss' }]);
  const error = 'The artifact store cannot be used: EMFILE: too many open files';
  expect(miss.logged).toEqual([
    [{ runId: run.id, results: 1, error }, expect.stringContaining('the store is in trouble')],
  ]);
  expect(await lookUpFrontier(it.engine, [request])).toMatchObject([{ kind: 'settled' }]);
});

test('a run is opened though a blob cannot be looked at for the moment', async () => {
  const digest = await executed();
  const ref = async () => ({ tenantId: TENANT, runId: (await it.newRun()).id });
  const run = await ref();
  const { result } = await whileUnreadable(digest, engine => openRun(engine, run));
  expect(result).toMatchObject({ ended: false, misses: ['first'], settled: {} });
  expect(await openRun(it.engine, await ref())).toMatchObject({ settled: { first: { kind: 'done' } } });
});

test('a database that is away is told of', async () => {
  await executed();
  const request = stepRequest(await it.newRun(), 'first', { text: 'trigger' });
  const { manager } = it.dataSource;
  const query = manager.query.bind(manager);
  manager.query = ((sql: string, ...more: []) =>
    sql.includes('"blob"')
      ? Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
      : query(sql, ...more)) as typeof query;
  await expect(
    lookUpFrontier(it.engine, [request]).finally(() => (manager.query = query)),
  ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
