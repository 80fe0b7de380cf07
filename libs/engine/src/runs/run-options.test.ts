import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import type { RunRequest } from './run-service.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

type Options = RunRequest['options'];
const create = (options?: Options, key?: string) =>
  it.service.create(TENANT, { workflow: 'toy.echo', trigger: { text: 'hello' }, options }, key);

describe('what a run asks of the cache', () => {
  test.each<[Options, object]>([
    [undefined, {}],
    [{}, {}],
    [{ refresh: false, bypass: false }, {}],
    [{ refresh: true }, { refresh: true }],
    [{ refresh: ['second', 'first'] }, { refresh: ['second', 'first'] }],
    [{ bypass: true }, { bypass: true }],
    [{ bypass: true, refresh: false }, { bypass: true }],
  ])('%j is kept as %j', async (options, kept) => {
    const { run } = await create(options);
    expect((await it.records.runs.getRun(TENANT, run.id))!.options).toEqual(kept);
  });

  test.each<[Options, object[]]>([
    [{ refresh: true, bypass: true }, [{ path: '/options' }]],
    [{ refresh: ['first'], bypass: true }, [{ path: '/options' }]],
    [
      { refresh: ['none', 'first', 'nil'] },
      [
        { path: '/options/refresh/0', code: 'STEP_UNKNOWN' },
        { path: '/options/refresh/2', code: 'STEP_UNKNOWN' },
      ],
    ],
  ])('%j is refused', async (options, issues) => {
    await expect(create(options)).rejects.toMatchObject({ code: 'VALIDATION_ERROR', issues });
    expect(await it.count('run')).toBe(0);
  });

  test('is part of what an idempotency key stands for', async () => {
    const first = await create({ refresh: ['first'] }, 'key');
    expect((await create({ refresh: ['first'] }, 'key')).run.id).toBe(first.run.id);
    for (const other of [undefined, { refresh: true }, { refresh: ['second'] }])
      await expect(create(other, 'key')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});
