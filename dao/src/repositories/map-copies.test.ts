import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMigratedTestDatabase, digestOf, newArtifact, newRun, newStep } from '../testing/index.js';
import { type Repositories, repositories } from './index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});
afterAll(() => database.drop());

const KEY = { inputHash: digestOf('a'), cacheKey: digestOf('b'), keyIngredients: { input: 1 } };

test('a map goes to another run with all that was done for its items, under ids of its own', async () => {
  const [from, to] = [newRun(), newRun()];
  await db.runs.insertRun(from);
  await db.runs.insertRun(to);
  const map = { tenantId: 'acme', runId: from.id, mapStepId: 'pages' };
  await db.mapItems.insertItems(map, [
    { position: 0, key: 'a', value: { n: 1 } },
    { position: 1, key: 'b', value: { n: 2 } },
  ]);
  const step = (key: string, id: string) => {
    const item = { mapStepId: 'pages', itemKey: key };
    return { ...newStep(from, { stepId: `pages[${key}].${id}` }), ...item };
  };
  await db.steps.insertItemSteps([step('a', 'one'), step('a', 'two'), step('b', 'one'), step('b', 'two')]);
  const made = await db.artifacts.insertArtifacts([
    newArtifact(from, { stepId: 'pages[a].one', name: 'x', contentHash: digestOf('c'), sizeBytes: 3 }),
    newArtifact(from, { stepId: 'pages[a].one', name: 'y', contentHash: digestOf('d'), sizeBytes: 4 }),
  ]);
  const start = (stepId: string) => db.steps.startAttempt('acme', from.id, stepId, { ...KEY, attempt: 2 });
  await start('pages[a].one');
  await db.steps.completeStep('acme', from.id, 'pages[a].one', {
    outputArtifactIds: [made[1]!, made[0]!],
    output: { said: 'x' },
    cacheHit: false,
    durationMs: 7,
  });
  await db.steps.skipSteps('acme', from.id, ['pages[a].two'], 'condition_false');
  await start('pages[b].one');
  await db.steps.failStep('acme', from.id, 'pages[b].one', { error: 'no', errorCode: 'NO' });
  await db.steps.skipSteps('acme', from.id, ['pages[b].two'], 'blocked');
  await db.mapItems.endItems(map, [
    { position: 0, status: 'done', output: { name: 'a' } },
    { position: 1, status: 'failed', error: 'no', errorCode: 'NO' },
  ]);

  expect(await db.mapCopies.bytesOfItems('acme', from.id, ['pages', 'none'])).toEqual(
    new Map([
      [
        'pages',
        expect.arrayContaining([
          { digest: digestOf('c'), size: 3 },
          { digest: digestOf('d'), size: 4 },
        ]),
      ],
    ]),
  );
  expect(await db.mapCopies.bytesOfItems('other', from.id, ['pages'])).toEqual(new Map());
  await db.mapCopies.copyItems('acme', 'pages', from.id, to.id);

  const copy = { ...map, runId: to.id };
  expect(await db.mapItems.count(copy)).toEqual({ total: 2, done: 1, cached: 1, failed: 1 });
  const items = await db.mapItems.listItems(copy, { after: -1, limit: 10 });
  expect(items).toMatchObject([
    { key: 'a', value: { n: 1 }, status: 'done', output: { name: 'a' } },
    { key: 'b', value: { n: 2 }, status: 'failed', errorCode: 'NO', error: 'no' },
  ]);
  const steps = await db.steps.listItemSteps('acme', to.id, 'pages', ['a', 'b']);
  const byId = new Map(steps.map(each => [each.stepId, each]));
  const one = byId.get('pages[a].one')!;
  expect(one).toMatchObject({
    status: 'skipped',
    reason: 'cache_hit',
    cacheHit: true,
    madeByRunId: from.id,
    output: { said: 'x' },
    ...KEY,
  });
  expect(byId.get('pages[a].two')).toMatchObject({ status: 'skipped', reason: 'condition_false' });
  expect(byId.get('pages[b].one')).toMatchObject({ status: 'failed', errorCode: 'NO', madeByRunId: null });
  expect(byId.get('pages[b].two')).toMatchObject({ status: 'skipped', reason: 'blocked' });
  const own = await db.artifacts.listArtifactsByIds('acme', one.outputArtifactIds);
  expect(own.map(({ name, runId }) => [name, runId])).toEqual([
    ['y', to.id],
    ['x', to.id],
  ]);

  // A copy of the copy still says who has made it.
  const third = newRun();
  await db.runs.insertRun(third);
  await db.mapCopies.copyItems('acme', 'pages', to.id, third.id);
  const again = await db.steps.getStep('acme', third.id, 'pages[a].one');
  expect(again!.madeByRunId).toBe(from.id);
});
