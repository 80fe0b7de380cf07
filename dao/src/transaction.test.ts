import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDataSource } from './data-source.js';
import { type Repositories, repositories, transaction } from './repositories/index.js';
import { createMigratedTestDatabase, newRun, newStep } from './testing/index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;

beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});

afterAll(() => database.drop());

describe('transaction', () => {
  test('keeps all or nothing', async () => {
    const run = newRun();
    await expect(
      transaction(database.dataSource, async tx => {
        await tx.runs.insertRun(run);
        await tx.steps.insertSteps([newStep(run)]);
        expect((await tx.steps.listSteps('acme', run.id)).map(step => step.stepId)).toEqual(['bgm']);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await db.runs.getRun('acme', run.id)).toBeNull();

    const result = await transaction(database.dataSource, async tx => {
      await tx.runs.insertRun(run);
      await tx.steps.insertSteps([newStep(run)]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await db.steps.listSteps('acme', run.id)).toHaveLength(1);
  });

  test('a failed statement undoes it, even when its error was caught', async () => {
    const run = newRun();
    await expect(
      transaction(database.dataSource, async tx => {
        await tx.runs.insertRun(run);
        await tx.runs.insertRun(run).catch(() => undefined);
        return 'done';
      }),
    ).rejects.toMatchObject({ constraint: 'run_pkey' });
    expect(await db.runs.getRun('acme', run.id)).toBeNull();
  });

  test('gives its connection back', async () => {
    const small = await createDataSource({
      url: database.url,
      poolSize: 1,
      connectTimeoutMs: 2000,
    }).initialize();
    try {
      for (let round = 0; round < 3; round += 1) {
        expect(await transaction(small, async () => round)).toBe(round);
        await expect(transaction(small, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      }
    } finally {
      await small.destroy();
    }
  });
});
