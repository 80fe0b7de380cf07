import { digestOf } from '@cairn/canonical';
import { derivedId, type Run, type RunOptions } from '@cairn/dao';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChildEnd, ChildNode, ChildOpening, MapNode } from '@cairn/pipeline';
import { keepBytes } from '../blobs/keep-bytes.js';
import { Reconciler } from '../runs/reconciler.js';
import { settleRun, type Settlement } from '../runs/settle-run.js';
import { handMadeRun } from '../testing/hand-made-run.js';
import { silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { endChild } from './end-child.js';
import { openChild } from './open-child.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const NODE: ChildNode = {
  ...{ kind: 'child', id: 'inner', workflow: 'toy.echo', workflowVersion: '1.1.0' },
  input: { $: 'lit', value: null },
};
const opening = ({ id: runId }: Pick<Run, 'id'>, more: Partial<ChildOpening> = {}): ChildOpening => ({
  ...{ runId, tenantId: TENANT, stepId: 'inner', workflow: 'toy.echo', workflowVersion: '1.1.0' },
  trigger: { text: 'hello' },
  ...more,
});
const ref = (runId: string) => ({ tenantId: TENANT, runId });
const end = ({ id: runId }: Pick<Run, 'id'>, how: ChildEnd = 'completed') =>
  endChild(it.engine, { ...ref(runId), stepId: 'inner', end: how });
const stepOf = async ({ id }: Pick<Run, 'id'>) => (await it.records.steps.getStep(TENANT, id, 'inner'))!;
const childIdOf = ({ id }: Pick<Run, 'id'>) => derivedId(id, 'inner');
const childOf = (parent: Pick<Run, 'id'>) => it.records.runs.getRun(TENANT, childIdOf(parent));
/** A parent whose child has just been recorded. */
async function opened(options: RunOptions = {}, trigger: unknown = { text: 'hello' }): Promise<Run> {
  const parent = await handMadeRun(it, [NODE], { options });
  await openChild(it.engine, opening(parent, { trigger }));
  return parent;
}
const settle = async (parent: Run, how: Settlement) => {
  await it.records.runs.markRunning(TENANT, childIdOf(parent));
  await settleRun(it.dataSource, ref(childIdOf(parent)), how);
};

describe('opening a child', () => {
  test('records it once, however often it is asked for, also at the same time', async () => {
    const parent = await handMadeRun(it, [NODE]);
    const answers = await Promise.all(Array.from({ length: 4 }, () => openChild(it.engine, opening(parent))));
    const childRunId = childIdOf(parent);
    expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(
      new Set([
        JSON.stringify({
          ...{ kind: 'open', childRunId, temporalWorkflowId: `run-${childRunId}`, tags: ['text:hello'] },
        }),
      ]),
    );
    expect(await stepOf(parent)).toMatchObject({
      ...{ status: 'running', childRunId, inputHash: digestOf({ text: 'hello', times: 1 }) },
    });
    expect(await childOf(parent)).toMatchObject({
      ...{ status: 'queued', trigger: { text: 'hello', times: 1 } },
      ...{ parentRunId: parent.id, rootRunId: parent.id, retryOfRunId: null },
    });
    expect(await it.count('run')).toBe(2);
  });

  test('cuts what it is given to the workflow, and names what breaks its rules', async () => {
    const parent = await opened({}, { text: 'hello', unknown: true });
    expect((await childOf(parent))?.trigger).toEqual({ text: 'hello', times: 1 });
    const refused: [unknown, string][] = [
      [{ text: '' }, '/text'],
      [{ times: 'two' }, '/text'],
      [{ text: 'forbidden' }, '/text'],
      [{ text: 'n', extra: Infinity }, '/extra'],
    ];
    for (const [trigger, path] of refused)
      await expect(
        openChild(it.engine, opening(await handMadeRun(it, [NODE]), { trigger })),
      ).rejects.toMatchObject({
        issues: expect.arrayContaining([expect.objectContaining({ path })]),
        retryable: false,
      });
    const elsewhere = opening(await handMadeRun(it, [NODE]), { workflowVersion: '9.0.0' });
    await expect(openChild(it.engine, elsewhere)).rejects.toMatchObject({ code: 'WORKFLOW_UNKNOWN' });
    expect((await stepOf({ id: elsewhere.runId })).status).toBe('pending');
  });

  test.each<[RunOptions, RunOptions]>([
    [{}, {}],
    [{ bypass: true }, { bypass: true }],
    [{ refresh: true }, { refresh: true }],
    [{ refresh: ['inner'] }, { refresh: true }],
    [{ refresh: ['other'] }, {}],
  ])('asks of the cache what its parent asks for the step: %j', async (asked, given) => {
    expect((await childOf(await opened(asked)))?.options).toEqual(given);
  });

  test('for a run that has ended records nothing', async () => {
    const parent = await handMadeRun(it, [NODE]);
    await settleRun(it.dataSource, ref(parent.id), { status: 'cancelled' });
    expect(await openChild(it.engine, opening(parent))).toEqual({ kind: 'skipped', reason: 'cancelled' });
    expect(await it.count('run')).toBe(1);
  });

  test('tells of files that are gone, and has those that are there kept', async () => {
    const parent = await handMadeRun(it, [NODE]);
    const { digest, size } = await keepBytes(
      it.engine,
      TENANT,
      { runId: parent.id, stepId: 'inner' },
      Buffer.from('there'),
    );
    const file = { type: 'text/plain', digest, size };
    // The schema knows no file there: what is a reference is one, wherever it stands.
    const node: ChildNode = { ...NODE, workflow: 'toy.echo' };
    const lost = { type: 'text/plain', digest: digestOf('lost'), size: 4 };
    const engine = { ...it.engine, catalog: { workflow: () => anyTrigger } };
    const workflow = it.engine.catalog.workflow('toy.echo')!;
    const anyTrigger = { ...workflow, trigger: {} as never, rules: () => [] };
    const other = await handMadeRun(it, [node]);
    expect(await openChild(engine, opening(other, { trigger: { files: [file, lost] } }))).toEqual({
      kind: 'damaged',
      digests: [lost.digest],
    });
    expect((await stepOf(other)).status).toBe('pending');
    await openChild(engine, opening(parent, { trigger: { files: [file] } }));
    const given = await it.records.artifacts.listGivenArtifacts(TENANT, childIdOf(parent));
    expect(given).toMatchObject([{ name: 'files.0', contentHash: digest, type: 'text/plain' }]);
  });
});

describe('ending a child', () => {
  test.each<[ChildEnd, Settlement | undefined, string, RegExp]>([
    ['failed', { status: 'failed', code: 'X', message: 'why' }, 'CHILD_FAILED', /failed with X: why$/],
    ['cancelled', { status: 'cancelled' }, 'CHILD_CANCELLED', /was cancelled$/],
    ['cancelled', undefined, 'CHILD_CANCELLED', /was cancelled$/],
    ['terminated', undefined, 'CHILD_FAILED', /TERMINATED: The workflow was terminated in Temporal$/],
    ['timed_out', undefined, 'CHILD_FAILED', /TIMED_OUT/],
    ['failed', undefined, 'CHILD_FAILED', /WORKFLOW_FAILED/],
    ['completed', undefined, 'CHILD_FAILED', /WORKFLOW_ENDED/],
    ['unknown', { status: 'cancelled' }, 'CHILD_CANCELLED', /was cancelled$/],
  ])('whose workflow ended as %s, recorded as %j: %s', async (how, recorded, code, message) => {
    const parent = await opened();
    if (recorded) await settle(parent, recorded);
    expect(await end(parent, how)).toMatchObject({
      ...{ kind: 'failed', code, message: expect.stringMatching(message) },
    });
    expect(['failed', 'cancelled']).toContain((await childOf(parent))?.status);
  });

  test('that somebody else has started waits for its end', async () => {
    const parent = await opened();
    expect(await end(parent, 'unknown')).toEqual({ kind: 'running' });
    await settle(parent, { status: 'completed', output: { n: 1 } });
    for (let time = 0; time < 2; time += 1)
      expect(await end(parent, 'unknown')).toEqual({ kind: 'done', output: { n: 1 }, fromCache: true });
  });

  test('that gives too much fails', async () => {
    const parent = await opened();
    await settle(parent, { status: 'completed', output: 'x'.repeat(64 * 1024) });
    expect(await end(parent)).toMatchObject({
      ...{ kind: 'failed', code: 'OUTPUT_TOO_LARGE', message: expect.stringContaining('gives 65538 bytes') },
    });
  });

  test('whose record is gone fails', async () => {
    const parent = await opened();
    await it.dataSource.query(`DELETE FROM "run_step" WHERE "runId" = $1`, [childIdOf(parent)]);
    await it.dataSource.query(`DELETE FROM "run" WHERE "id" = $1`, [childIdOf(parent)]);
    expect(await end(parent)).toMatchObject({ code: 'CHILD_FAILED' });
  });
});

describe('the reconciler', () => {
  const tick = () =>
    new Reconciler(
      { dataSource: it.dataSource, control: it.control, log: silent },
      { startAfterMs: 0, checkEveryMs: 0 },
    ).tick();

  test('starts no child, as long as its parent lives', async () => {
    const parent = await opened();
    expect(await tick()).toMatchObject({ started: 0, settled: 0 });
    // Temporal has forgotten both: the parent starts its child again.
    await it.records.runs.markRunning(TENANT, childIdOf(parent));
    for (const id of [parent.id, childIdOf(parent)]) it.control.states.set(`run-${id}`, 'not_found');
    await tick();
    expect(it.control.started.map(({ runId }) => runId)).toEqual([parent.id]);
    expect((await childOf(parent))?.status).toBe('running');
  });

  test.each(['queued', 'running'])('cancels one that is %s when its parent has ended', async status => {
    const parent = await opened();
    if (status === 'running') await it.records.runs.markRunning(TENANT, childIdOf(parent));
    it.control.states.set(`run-${childIdOf(parent)}`, 'not_found');
    await settleRun(it.dataSource, ref(parent.id), { status: 'failed', code: 'ENOUGH' });
    await tick();
    expect(await childOf(parent)).toMatchObject({
      status: 'cancelled',
      error: `The run ${parent.id} ended before this one, which it had started, began`,
    });
    expect(it.control.started).toEqual([]);
  });
});

test('the child of an item is refreshed with its map', async () => {
  const map: MapNode = {
    ...{ kind: 'map', id: 'each', input: NODE.input, key: NODE.input, parallel: 1, failures: 'stop' },
    ...{ body: [NODE], result: NODE.input },
  };
  const parent = await handMadeRun(it, [map], { options: { refresh: ['each'] } });
  const stepId = 'each[a.b].inner';
  const step = { runId: parent.id, tenantId: TENANT, stepId, skillId: '$child', kind: 'child' as const };
  await it.records.steps.insertItemSteps([
    { ...step, position: 0, inputHash: digestOf(1), mapStepId: 'each', itemKey: 'a.b' },
  ]);
  await openChild(it.engine, opening(parent, { stepId }));
  const child = await it.records.runs.getRun(TENANT, derivedId(parent.id, stepId));
  expect(child?.options).toEqual({ refresh: true });
});
