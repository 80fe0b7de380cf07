import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { defineWorkflow, eq, type AnyWorkflow } from '@cairn/pipeline';
import { Type, type Skill } from '@cairn/skill-kit';
import { planRun } from '../plan/plan-run.js';
import { runThrough } from '../plan/testing/run-through.js';
import { startToyLab, type ToyLab } from '../plan/testing/toy-lab.js';
import { blendSkill, passSkill } from '../plan/testing/toy-skills.js';
import { explainStep } from './explain-step.js';

const TENANT = 'acme';

/** `first` → `second`, `third` if `on` is "v"; `last` after `second`. The toy `blend` fails where it finds no tone. */
const story = defineWorkflow(
  {
    name: 'toy.story',
    version: '1.0.0',
    trigger: Type.Object({ a: Type.String(), b: Type.String(), on: Type.String({ default: 'u' }) }),
  },
  (w, t) => {
    const first = w.step('first', passSkill, { a: t.a, b: t.b });
    const second = w.step('second', blendSkill as Skill<{ a: string; b: string }, { text: string }>, {
      a: first.text,
      b: t.a,
    });
    w.step('third', passSkill, { a: first.text, b: 'third' }, { when: eq(t.on, 'v') });
    const last = w.step('last', passSkill, { a: second.text, b: 'last' });
    return { last: last.text };
  },
);

let lab: ToyLab;
beforeAll(async () => {
  lab = await startToyLab();
  lab.workflows.set(story.name, story as unknown as AnyWorkflow);
  await lab.register(0);
});
beforeEach(() => lab.reset());
afterAll(() => lab.stop());

async function run(trigger: object, { through = true } = {}) {
  const created = await lab.service.create(TENANT, { workflow: story.name, trigger });
  if (through) await runThrough(lab.engines[0]!, created.run);
  return created.run.id;
}
const explain = (runId: string, stepId: string, against?: string) =>
  explainStep(lab.planning, TENANT, { runId, stepId, ...(against !== undefined && { against }) });

describe('an executed step', () => {
  test('is compared with the nearest earlier execution, not with the last', async () => {
    const near = await run({ a: 'u', b: 'v' });
    await run({ a: 'w', b: 'u' });
    const last = await run({ a: 'u', b: 'w' });
    expect(await explain(last, 'first')).toMatchObject({
      outcome: 'executed',
      status: 'completed',
      kind: 'step',
      skillId: 'pass',
      message: 'executed: b differs: "v" became "w"',
      against: { runId: near, stepId: 'first', sameStep: true, workflowName: 'toy.story' },
      changes: [{ what: 'input', path: '/input/b', old: 'v', new: 'w' }],
      waitsFor: [],
    });
  });

  test('of which there is no earlier one says so; what came later does not count', async () => {
    const first = await run({ a: 'u', b: 'v' });
    await run({ a: 'u', b: 'w' });
    const explanation = await explain(first, 'second');
    expect(explanation.message).toBe('executed: there is no earlier execution to compare it with');
    expect([explanation.against, explanation.changes]).toEqual([undefined, []]);
  });

  test('whose result was there before says that nothing differs', async () => {
    const first = await run({ a: 'u', b: 'v' });
    await lab.dataSource.query(`DELETE FROM "step_cache"`);
    const again = await run({ a: 'u', b: 'v' });
    expect((await explain(again, 'first')).message).toBe(
      `executed: nothing differs from run ${first}, whose result was not in the cache any more, or was not wanted`,
    );
  });

  test('is compared with the same step of a run that is named', async () => {
    const far = await run({ a: 'w', b: 'w' });
    await run({ a: 'u', b: 'v' });
    const last = await run({ a: 'u', b: 'w' });
    const { against, changes } = await explain(last, 'first', far);
    expect(against).toMatchObject({ runId: far, stepId: 'first', sameStep: true });
    expect(changes.map(({ message }) => message)).toEqual(['a differs: "w" became "u"']);
  });
});

test('a step that took a result says who made it, when, how often it was used and what that saved', async () => {
  const maker = await run({ a: 'u', b: 'v' });
  await run({ a: 'u', b: 'v' });
  const taker = await run({ a: 'u', b: 'v' });
  await lab.engine.hits.flush();
  const made = (await lab.stepsOf(TENANT, maker)).find(({ stepId }) => stepId === 'first')!;
  const explanation = await explain(taker, 'first');
  expect(explanation).toMatchObject({
    outcome: 'reused',
    status: 'skipped',
    changes: [],
    result: {
      madeByRunId: maker,
      madeByStepId: 'first',
      madeAt: made.completedAt!.toISOString(),
      hitCount: 2,
      savesMs: made.durationMs,
    },
  });
  expect(explanation.message).toMatch(
    new RegExp(`^taken from the cache: run ${maker} \\(step first\\) made it at .+; used 2 times; saved `),
  );
});

test('a step that is left out names its condition', async () => {
  const id = await run({ a: 'u', b: 'v' });
  expect(await explain(id, 'third')).toMatchObject({
    outcome: 'off',
    message: 'left out: its condition is not true (it reads $trigger/on)',
  });
});

test('a failed step gives its error, and what that blocks names it', async () => {
  // There is no tone of that name.
  const id = await run({ a: 'nowhere', b: 'v' });
  const failed = await explain(id, 'second');
  expect(failed).toMatchObject({ outcome: 'failed', error: { code: 'RESOURCE_NOT_FOUND' } });
  expect(failed.message).toBe(`failed: ${failed.error!.message}`);
  expect(await explain(id, 'last')).toMatchObject({
    outcome: 'blocked',
    message: `can never run: second failed: ${failed.error!.message}`,
    waitsFor: [{ kind: 'step', stepId: 'second' }],
  });
});

test('a step that has not begun names what it waits for', async () => {
  const id = await run({ a: 'u', b: 'v' }, { through: false });
  expect(await explain(id, 'first')).toMatchObject({ outcome: 'pending', message: 'waits for a worker' });
  expect(await explain(id, 'last')).toMatchObject({
    outcome: 'pending',
    message: 'waits: second is pending',
    waitsFor: [{ kind: 'step', stepId: 'second', message: 'second is pending' }],
  });
});

test('what is not there is refused: run, step, another tenant, the run to compare with', async () => {
  const id = await run({ a: 'u', b: 'v' });
  const nowhere = '00000000-0000-7000-8000-000000000000';
  await expect(explain(nowhere, 'first')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(explain(id, 'fifth')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const others = explainStep(lab.planning, 'other', { runId: id, stepId: 'first' });
  await expect(others).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(explain(id, 'first', nowhere)).rejects.toMatchObject({
    issues: [{ path: '/against', message: 'names no run' }],
  });
});

describe('a plan', () => {
  const plan = (trigger: object) => planRun(lab.planning, TENANT, { workflow: story.name, trigger });

  test('of what was never run executes all that is on', async () => {
    const { counts, expected, workers, message } = await plan({ a: 'u', b: 'v' });
    expect(counts).toMatchObject({ miss: 3, off: 1, hit: 0, undecided: 0 });
    expect(expected).toMatchObject({ surelyMs: 0, withoutHistory: ['first', 'second', 'last'] });
    expect(workers).toMatchObject({ ready: true, message: 'live workers of one build serve every skill' });
    expect(message).toBe('toy.story 1.0.0: 3 to execute, 1 left out');
  });

  test('names the fields that changed, what is open, and how long it takes', async () => {
    const before = await run({ a: 'u', b: 'v' });
    await lab.dataSource.query(
      `UPDATE "run_step" SET "durationMs" = CASE "stepId" WHEN 'second' THEN 500 ELSE 1000 END
        WHERE "status" = 'completed'`,
    );
    const { steps, expected } = await plan({ a: 'u', b: 'w' });
    expect(
      steps.map(({ stepId, verdict, openPaths, message }) => [stepId, verdict, openPaths, message]),
    ).toEqual([
      ['first', 'miss', [], 'executes: b differs: "v" became "w"'],
      [
        'second',
        'hit_if_unchanged',
        ['first/text'],
        `if first/text comes out as before, taken from the cache: run ${before} made it`,
      ],
      ['third', 'off', [], 'left out: its condition is not true'],
      [
        'last',
        'hit_if_unchanged',
        ['first/text'],
        `if first/text comes out as before, taken from the cache: run ${before} made it`,
      ],
    ]);
    expect(expected).toEqual({ surelyMs: 1000, ifUnchangedMs: 1000, atMostMs: 2500, withoutHistory: [] });
  });

  test('refuses what a start refuses', async () => {
    await expect(plan({ a: 1, b: 'v' })).rejects.toMatchObject({ issues: [{ path: '/a' }] });
    const unknown = planRun(lab.planning, TENANT, { workflow: 'toy.none', trigger: {} });
    await expect(unknown).rejects.toMatchObject({ issues: [{ code: 'WORKFLOW_UNKNOWN' }] });
  });

  test('says which workers it was made with', async () => {
    await run({ a: 'u', b: 'v' });
    await lab.register(1);
    const two = await plan({ a: 'u', b: 'v' });
    expect(two.workers).toMatchObject({
      ready: false,
      message: 'live workers have different builds of pass 1.0.0: planned with the one that was last seen',
    });
    expect(two.steps[0]).toMatchObject({
      verdict: 'miss',
      changes: [{ what: 'code', path: '/fingerprint', message: "the skill's own code changed" }],
    });
    await lab.dataSource.query(
      `UPDATE "worker_skill" SET "lastSeenAt" = "lastSeenAt" - interval '91 seconds'`,
    );
    const none = await plan({ a: 'u', b: 'v' });
    expect(none.workers.message).toMatch(
      /^no live worker serves pass 1\.0\.0: planned with the build that was last seen, at .+; and 1 more$/,
    );
    await lab.dataSource.query(`DELETE FROM "worker_skill"`);
    const never = await plan({ a: 'u', b: 'v' });
    expect(never.workers.message).toBe('no worker has ever served pass 1.0.0; and 1 more');
    expect(never.counts).toMatchObject({ undecided: 3, off: 1 });
    const other = { skillId: 'pass', skillVersion: '2.0.0', fingerprint: 'f', details: { ports: {} } };
    await lab.records.workerSkills.register('another build', [other]);
    expect((await plan({ a: 'u', b: 'v' })).workers).toMatchObject({
      ready: false,
      message: expect.stringMatching(
        /^such a run would be refused now: The step first wants the skill pass in version 1\.0\.0; live workers have 2\.0\.0\./,
      ),
    });
    await lab.dataSource.query(`DELETE FROM "worker_skill"`);
    await lab.register(0);
  });
});
