import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Artifact, Run, RunSummary } from '@cairn/client';
import { Client, Connection } from '@temporalio/client';
import { startCairn, temporalAddress, type Cairn } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: Cairn;
let connection: Connection;
beforeAll(async () => {
  cairn = await startCairn({ catalog: 'shapes' });
  connection = await Connection.connect({ address: temporalAddress() });
}, 90_000);
afterAll(async () => {
  await cairn?.stop();
  await connection?.close();
});

const workflowOf = ({ id }: Pick<Run, 'id'>) => new Client({ connection }).workflow.getHandle(`run-${id}`);
const ended = ({ id }: Pick<Run, 'id'>) => cairn.client.waitForRun(id, { deadlineMs: 60_000 });

async function start(trigger: Record<string, unknown>, workflow = 'shape.outer'): Promise<Run> {
  return (await cairn.client.startRun({ workflow, trigger })).run;
}
async function childrenOf({ id }: Pick<Run, 'id'>): Promise<readonly RunSummary[]> {
  return (await cairn.client.listRuns({ parentRunId: id, limit: 200 })).items;
}
async function childOf(run: Pick<Run, 'id'>): Promise<Run> {
  const [child, ...others] = await childrenOf(run);
  expect(others).toEqual([]);
  return cairn.client.getRun(child!.id);
}
async function artifactsOf({ id }: Pick<Run, 'id'>): Promise<readonly Artifact[]> {
  const all: Artifact[] = [];
  for await (const artifact of cairn.client.runArtifacts(id)) all.push(artifact);
  return all;
}
/** Starts a run whose child waits in its step `work`, and gives both once it does. */
async function underWay(name: string, workflow?: string): Promise<{ outer: Run; inner: Run }> {
  const trigger = { name, mode: 'wait' };
  const outer = await start(workflow === 'shape.items' ? { items: [trigger] } : trigger, workflow);
  const inner = await waitUntil(`the child of ${name} works`, async () => {
    const [child] = await childrenOf(outer);
    if (!child) return undefined;
    const run = await cairn.client.getRun(child.id);
    return stepOf(run, 'work').status === 'running' && run;
  });
  return { outer, inner };
}
const states = (run: Run) => run.steps.map(({ stepId, status }) => `${stepId} ${status}`);
const how = ({ status, errorCode }: Run) => errorCode ?? status;

describe('a child', () => {
  test('is a run of its own, linked to its parent, which takes its output', async () => {
    const outer = await ended(await start({ name: 'linked' }));
    const inner = await childOf(outer);
    expect([how(outer), how(inner)]).toEqual(['completed', 'completed']);
    const step = stepOf(outer, 'inner');
    expect(step).toMatchObject({
      ...{ kind: 'child', skillId: '$child', status: 'completed', cacheHit: false, childRunId: inner.id },
      output: inner.output,
    });
    expect(inner).toMatchObject({ parentRunId: outer.id, rootRunId: outer.rootRunId });
    // By value, with the defaults of the child's workflow; the file is the child's own too.
    const made = stepOf(outer, 'made').output as { page: { digest: string } };
    expect(inner.trigger).toEqual({ name: 'linked', ending: 'end', page: made.page });
    expect((await artifactsOf(inner)).filter(({ stepId }) => stepId === undefined)).toMatchObject([
      { name: 'page', skillId: 'toy', contentHash: made.page.digest },
    ]);
    // The pages of made, begin, work and read, one after the other.
    const page = (await artifactsOf(outer)).find(({ stepId, name }) => stepId === 'read' && name === 'page');
    const { stream } = await cairn.client.download(page!.id);
    expect(await new Response(stream).text()).toBe('linked\nlinked end\nlinked\nlinked\n');
    const { type, searchAttributes } = await workflowOf(inner).describe();
    expect(type).toBe('shape.inner');
    expect(searchAttributes).toMatchObject({
      CairnRunId: [inner.id],
      CairnTenant: ['local'],
      CairnTags: ['name:linked'],
    });
    const listed = async (children?: 'true') =>
      (await cairn.client.listRuns({ limit: 200, children })).items.map(({ id }) => id);
    expect(await listed()).not.toContain(inner.id);
    expect(await listed('true')).toEqual(expect.arrayContaining([inner.id, outer.id]));
  });

  test('that executes nothing is from the cache, and what it gave outlives its run', async () => {
    const first = await ended(await start({ name: 'twice' }));
    const before = cairn.executions().length;
    const second = await ended(await start({ name: 'twice' }));
    expect(stepOf(second, 'inner')).toMatchObject({ status: 'completed', cacheHit: true });
    expect(cairn.executions().length).toBe(before);
    for (const run of [first, second]) await cairn.client.deleteRun((await childOf(run)).id);
    await cairn.client.deleteRun(first.id);
    await cairn.client.evictCacheEntries({ all: true });
    await cairn.client.collectStore({ grace: '0' });
    const given = (await artifactsOf(second)).filter(({ stepId }) => stepId === 'inner');
    expect(given).toMatchObject([{ name: 'page', skillId: 'toy', type: 'text/page', filename: 'work.txt' }]);
    const { stream } = await cairn.client.download(given[0]!.id);
    expect(await new Response(stream).text()).toBe('twice\ntwice end\ntwice\n');
  });

  test('that fails fails its step, with its own reason', async () => {
    const outer = await ended(await start({ name: 'fails', mode: 'fail' }));
    const inner = await childOf(outer);
    expect(stepOf(outer, 'inner')).toMatchObject({
      status: 'failed',
      errorCode: 'CHILD_FAILED',
      error: `The run ${inner.id} failed with TOY_FAILED: work: work was told to fail`,
    });
    expect(states(outer)).toEqual(['made completed', 'inner failed', 'read skipped']);
    expect(how(outer)).toBe('CHILD_FAILED');
    // A second try goes on inside the child, where the first has failed.
    const before = cairn.executions().length;
    const { run } = await cairn.client.retryRun(outer.id);
    const again = await ended(run);
    expect(await childOf(again)).toMatchObject({ retryOfRunId: inner.id, rootRunId: outer.rootRunId });
    expect(cairn.executions().slice(before)).toEqual(['work']);
  });

  test('whose trigger breaks a rule is not made', async () => {
    const outer = await ended(await start({ name: 'forbidden' }));
    expect(stepOf(outer, 'inner')).toMatchObject({
      status: 'failed',
      errorCode: 'VALIDATION_ERROR',
      error: 'The trigger of shape.inner, which inner starts, is not valid: /name must not be forbidden',
    });
    expect(await childrenOf(outer)).toEqual([]);
  });

  test('of a run that ends is not left running', async () => {
    const [cancelled, terminated, alone, byHand, itemCancelled, itemTerminated] = await Promise.all([
      ...['cancelled', 'terminated', 'alone', 'by-hand'].map(name => underWay(name)),
      ...['item-cancelled', 'item-terminated'].map(name => underWay(name, 'shape.items')),
    ]);
    for (const each of [cancelled!, itemCancelled!]) await cairn.client.cancelRun(each.outer.id);
    for (const each of [terminated!, itemTerminated!]) await workflowOf(each.outer).terminate('enough');
    await cairn.client.cancelRun(alone!.inner.id);
    await workflowOf(byHand!.inner).terminate('enough');
    const ends = async ({ outer, inner }: { outer: Run; inner: Run }) => {
      const after = await Promise.all([ended(outer), ended(inner)]);
      const step = after[0].steps.find(({ stepId }) => ['inner', 'build'].includes(stepId));
      return [...after.map(how), step?.errorCode];
    };
    const all = [cancelled, terminated, alone, byHand, itemCancelled, itemTerminated];
    expect(await Promise.all(all.map(each => ends(each!)))).toEqual([
      ['CANCELLED', 'CANCELLED', 'CANCELLED'],
      ['TERMINATED', 'CANCELLED', 'TERMINATED'],
      ['CHILD_CANCELLED', 'CANCELLED', 'CHILD_CANCELLED'],
      ['CHILD_FAILED', 'TERMINATED', 'CHILD_FAILED'],
      ['CANCELLED', 'CANCELLED', 'CANCELLED'],
      ['TERMINATED', 'CANCELLED', 'TERMINATED'],
    ]);
    await waitUntil(
      'the skills have stopped',
      () => cairn.executions().filter(line => line === 'work aborted').length === all.length,
    );
  }, 90_000);

  test('survives a worker that is killed', async () => {
    const { outer, inner } = await underWay('killed');
    await cairn.worker.end('SIGKILL');
    await cairn.worker.start();
    cairn.release('killed');
    const after = await ended(outer);
    expect(how(after)).toBe('completed');
    expect((await childOf(outer)).id).toBe(inner.id);
  }, 90_000);

  test('for each item of a map: one that fails is one item', async () => {
    const items = [{ name: 'a.1' }, { name: 'b', mode: 'fail' }, { name: 'c' }];
    const outer = await ended(await start({ items }, 'shape.items'));
    const children = await childrenOf(outer);
    const failed = children.find(({ status }) => status === 'failed');
    expect(outer).toMatchObject({
      status: 'completed',
      output: {
        built: [{ name: 'a.1' }, { name: 'c' }],
        failed: [{ key: 'b', code: 'CHILD_FAILED', message: expect.stringContaining(failed!.id) }],
      },
    });
    expect(children.map(({ trigger, status }) => [trigger['name'], status]).sort()).toEqual([
      ['a.1', 'completed'],
      ['b', 'failed'],
      ['c', 'completed'],
    ]);
    const given = (await artifactsOf(outer)).filter(({ name }) => name === 'page');
    expect(given.map(({ stepId }) => stepId).sort()).toEqual(['build[a.1].inner', 'build[c].inner']);
  });
});

test('nothing is left that does not fit together', async () => {
  expect(await inconsistencies(cairn)).toEqual([]);
});
