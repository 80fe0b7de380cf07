import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CairnApiError, type Plan, type Run } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: Cairn;
beforeAll(async () => {
  cairn = await startCairn({ catalog: 'plan' });
  await waitUntil('the worker has registered', async () => {
    const skills = await cairn.client.listSkills();
    return skills.every(({ builds }) => builds.length > 0);
  });
}, 90_000);
afterAll(() => cairn?.stop());

const plan = (workflow: string, trigger: object) => cairn.client.planRun({ workflow, trigger });
const start = async (workflow: string, trigger: object) =>
  (await cairn.client.startRun({ workflow, trigger })).run;
const run = async (workflow: string, trigger: object): Promise<Run> =>
  cairn.client.waitForRun((await start(workflow, trigger)).id, { deadlineMs: 60_000 });
const verdicts = ({ steps }: Plan) => steps.map(({ stepId, verdict }) => `${stepId}: ${verdict}`);
const stepPlan = ({ steps }: Plan, stepId: string) => steps.find(step => step.stepId === stepId)!;
const nonzero = (counts: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

test('a map whose list is known is planned item by item, and summed up', async () => {
  const first = await plan('map.given', { items: ['a', 'b', 'c'] });
  expect(nonzero(first.counts)).toEqual({ miss: 3 });
  expect(first.expected.withoutHistory).toEqual(['each[].one']);
  await run('map.given', { items: ['a', 'b', 'c'] });
  const { steps, counts, message } = await plan('map.given', { items: ['c', 'x', 'b', 'y'] });
  expect(nonzero(counts)).toEqual({ hit: 2, miss: 2 });
  expect(message).toBe('map.given 1.0.0: 2 to execute, 2 from the cache');
  const differs = expect.stringMatching(/^executes: value differs: "[abc]" became "x"$/);
  expect(steps).toMatchObject([
    {
      stepId: 'each',
      kind: 'map',
      verdict: 'miss',
      message: '4 items: 2 to execute, 2 from the cache',
      itemCount: 4,
      items: [
        {
          stepId: 'one',
          skillId: 'noop',
          counts: { hit: 2, miss: 2 },
          examples: [
            { verdict: 'hit', keys: ['c', 'b'] },
            { verdict: 'miss', keys: ['x', 'y'], message: differs },
          ],
        },
      ],
    },
  ]);
  const then = await run('map.given', { items: ['c', 'x', 'b', 'y'] });
  expect(stepOf(then, 'each').items).toMatchObject({ total: 4, cached: 2, failed: 0 });
});

test('a map whose list is open is planned with the list that came before, where there was one', async () => {
  const first = await plan('map.pages', { words: 'red green' });
  expect(verdicts(first)).toEqual(['words: miss', 'pages: undecided', 'last: miss']);
  await run('map.pages', { words: 'red green' });
  expect(verdicts(await plan('map.pages', { words: 'red green' }))).toEqual([
    'words: hit',
    'pages: hit',
    'last: hit',
  ]);
  const other = await plan('map.pages', { words: 'red blue' });
  expect(verdicts(other)).toEqual(['words: miss', 'pages: hit_if_unchanged', 'last: hit']);
  expect(stepPlan(other, 'pages')).toMatchObject({
    message: '2 items, if its list comes out as before: 4 from the cache if unchanged',
    openPaths: ['words/items'],
  });
  const titled = await plan('map.pages', { words: 'red green', title: 'new' });
  expect(nonzero(stepPlan(titled, 'pages').items![0]!.counts)).toEqual({ miss: 2 });
  expect(nonzero(stepPlan(titled, 'pages').items![1]!.counts)).toEqual({ hit_if_unchanged: 2 });
});

test("a step of an item is explained by its own name, against the same item's", async () => {
  await run('map.pages', { words: 'one two', title: 'old' });
  const second = await run('map.pages', { words: 'one two', title: 'young' });
  expect(await cairn.client.explainStep(second.id, 'pages[two].draft')).toMatchObject({
    outcome: 'executed',
    against: { stepId: 'pages[two].draft', sameStep: true },
    changes: [
      {
        path: '/input/text',
        old: 'old: two',
        new: 'young: two',
        message: 'text differs: "old: two" became "young: two"',
      },
    ],
  });
  expect(await cairn.client.explainStep(second.id, 'pages')).toMatchObject({
    kind: 'map',
    outcome: 'executed',
    message: 'all of its items have ended',
  });
});

test('a child is planned with what it is started with, step by step', async () => {
  const first = await plan('shape.outer', { name: 'ada' });
  expect(verdicts(first)).toEqual(['made: miss', 'inner: undecided', 'read: undecided']);
  await run('shape.outer', { name: 'ada' });
  const again = await plan('shape.outer', { name: 'ada' });
  const inside = ['made', 'inner', 'inner/begin', 'inner/work', 'read'];
  expect(verdicts(again)).toEqual(inside.map(step => `${step}: hit`));

  const edited = await plan('shape.outer', { name: 'ada', mode: 'write' });
  expect(verdicts(edited)).toEqual([
    'made: hit',
    'inner: miss',
    'inner/begin: hit',
    'inner/work: miss',
    'read: hit_if_unchanged',
  ]);
  expect(stepPlan(edited, 'inner/work').message).toBe('executes: mode was absent, now it is "write"');
  expect(stepPlan(edited, 'inner').message).toBe(
    'the run of shape.inner 1.0.0: 1 to execute, 1 from the cache',
  );
  const then = await run('shape.outer', { name: 'ada', mode: 'write' });
  const { childRunId } = stepOf(then, 'inner');
  const child = await cairn.client.getRun(childRunId!);
  expect(child.steps.map(({ stepId, cacheHit }) => [stepId, cacheHit])).toEqual([
    ['begin', true],
    ['work', false],
  ]);
  expect(await cairn.client.explainStep(then.id, 'inner')).toMatchObject({
    kind: 'child',
    message: `run ${childRunId} has completed`,
  });
});

test('a gate waits, and what hangs on it is undecided; explained, it says for whom it waits', async () => {
  const { steps } = await plan('shape.release', { name: 'grace' });
  expect(steps).toMatchObject([
    { stepId: 'made', verdict: 'miss' },
    {
      stepId: 'approve',
      kind: 'gate',
      verdict: 'waits',
      message: 'waits for the approval of the role approver; after 72 h it goes on as rejected',
    },
    { stepId: 'live', verdict: 'undecided' },
  ]);
  const { id } = await start('shape.release', { name: 'grace' });
  const waiting = await waitUntil('the gate is open', async () => {
    const explanation = await cairn.client.explainStep(id, 'approve');
    return explanation.outcome === 'waiting' && explanation;
  });
  expect(waiting.message).toMatch(/^waits: somebody of the role approver decides, until \d{4}-/);
  expect(await cairn.client.explainStep(id, 'live')).toMatchObject({
    outcome: 'pending',
    waitsFor: [{ kind: 'step', stepId: 'approve' }],
  });
  await cairn.client.cancelRun(id);
});

test('what cannot be answered is refused as everywhere', async () => {
  const refused = (call: Promise<unknown>) =>
    call.then(
      () => 'answered',
      (error: unknown) => (error instanceof CairnApiError ? [error.status, error.code] : error),
    );
  expect(await refused(plan('map.given', { items: [1] }))).toEqual([400, 'VALIDATION_ERROR']);
  expect(await refused(plan('no.such', {}))).toEqual([400, 'VALIDATION_ERROR']);
  const nowhere = '00000000-0000-7000-8000-000000000000';
  expect(await refused(cairn.client.explainStep(nowhere, 'each'))).toEqual([404, 'NOT_FOUND']);
  const { id } = await run('map.given', { items: [] });
  expect(await refused(cairn.client.explainStep(id, 'every'))).toEqual([404, 'NOT_FOUND']);
  expect(await refused(cairn.client.explainStep(id, 'each', { against: nowhere }))).toEqual([
    400,
    'VALIDATION_ERROR',
  ]);
});
