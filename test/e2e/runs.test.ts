import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Run } from '@cairn/client';
import { startCairn, temporalAddress, type Cairn } from '../support/cairn.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

let cairn: Cairn;
beforeAll(async () => {
  cairn = await startCairn();
}, 90_000);
afterAll(() => cairn?.stop());

async function run(workflow: string, trigger: unknown): Promise<Run> {
  const { run: started } = await cairn.client.startRun({ workflow, trigger });
  return cairn.client.waitForRun(started.id, { deadlineMs: 30_000 });
}
const states = (ended: Run) => Object.fromEntries(ended.steps.map(step => [step.stepId, step.status]));
const since = (before: number) => cairn.executions().slice(before).sort();

describe('a run from the request to the records', () => {
  test('executes each step once and keeps what it made', async () => {
    const before = cairn.executions().length;
    const ended = await run('toy.diamond', { name: 'one' });
    expect(ended.status).toBe('completed');
    expect(states(ended)).toEqual({
      first: 'completed',
      left: 'completed',
      right: 'completed',
      last: 'completed',
    });
    expect(since(before)).toEqual(['first', 'last', 'left', 'right']);
    const artifacts = [];
    for await (const artifact of cairn.client.runArtifacts(ended.id)) artifacts.push(artifact);
    expect(artifacts).toHaveLength(8);
    const page = artifacts.find(({ type, filename }) => type === 'text/page' && filename === 'last.txt')!;
    const { stream } = await cairn.client.download(page.id);
    expect(await new Response(stream).text()).toBe('one | one end\n');
    expect(page.metadata).toEqual({ label: 'last' });
  });

  test('takes a second run from the cache, with artifacts of its own', async () => {
    await run('toy.diamond', { name: 'two' });
    const before = cairn.executions().length;
    const again = await run('toy.diamond', { name: 'two' });
    expect(again.status).toBe('completed');
    expect(again.steps.map(({ status, reason, cacheHit }) => [status, reason, cacheHit])).toEqual(
      Array.from({ length: 4 }, () => ['skipped', 'cache_hit', true]),
    );
    expect(since(before)).toEqual([]);
    expect(new Set(again.steps.flatMap(step => step.outputArtifactIds)).size).toBe(8);
  });

  test('executes again exactly what a change reaches', async () => {
    await run('toy.diamond', { name: 'three' });
    const before = cairn.executions().length;
    const changed = await run('toy.diamond', { name: 'three', ending: 'elsewhere' });
    expect(since(before)).toEqual(['last', 'right']);
    expect(states(changed)).toEqual({
      first: 'skipped',
      left: 'skipped',
      right: 'completed',
      last: 'completed',
    });
  });

  test('tries a failing step again, and records the attempt', async () => {
    const ended = await run('toy.diamond', { name: 'flaky', mode: 'flaky' });
    expect(ended.status).toBe('completed');
    expect(stepOf(ended, 'left').attempt).toBe(3);
    expect(stepOf(ended, 'right').attempt).toBe(1);
  });

  test('skips what a failure blocks, and finishes what does not depend on it', async () => {
    const ended = await run('toy.broken', { name: 'x' });
    expect(ended).toMatchObject({
      status: 'failed',
      errorCode: 'TOY_FAILED',
      error: 'broken: broken was told to fail',
    });
    expect(states(ended)).toEqual({ broken: 'failed', apart: 'completed', after: 'skipped' });
    expect(stepOf(ended, 'after').reason).toBe('blocked');
    expect(stepOf(ended, 'broken')).toMatchObject({ attempt: 1, errorCode: 'TOY_FAILED' });
  });

  test('leaves out a step whose condition is false, and goes on', async () => {
    const quiet = await run('toy.choice', { loud: false });
    expect(stepOf(quiet, 'loud')).toMatchObject({ status: 'skipped', reason: 'condition_false' });
    expect(stepOf(quiet, 'said').status).toBe('completed');
    const loud = await run('toy.choice', { loud: true });
    expect(states(loud)).toEqual({ loud: 'completed', said: 'completed' });
  });
});

describe("Temporal's UI", () => {
  test('shows the run: skills as activity types, steps as summaries, a table of how it stands', async () => {
    const ended = await run('toy.diamond', { name: 'seen in the UI' });
    const connection = await Connection.connect({ address: temporalAddress() });
    try {
      const handle = new Client({ connection }).workflow.getHandle(`run-${ended.id}`);
      const { currentDetails } = await handle.query<{ currentDetails: string }>(
        '__temporal_workflow_metadata',
      );
      expect(currentDetails.split('\n')).toEqual([
        '| step | skill | state |',
        '|---|---|---|',
        ...['first', 'left', 'right', 'last'].map(step => `| ${step} | toy | ✔ executed |`),
      ]);
      const { events } = await handle.fetchHistory();
      const scheduled = (events ?? []).flatMap(event =>
        event.activityTaskScheduledEventAttributes ? [event] : [],
      );
      expect(
        scheduled.map(event => [
          event.activityTaskScheduledEventAttributes!.activityType!.name,
          JSON.parse(Buffer.from(event.userMetadata!.summary!.data!).toString()),
        ]),
      ).toEqual(['first', 'left', 'right', 'last'].map(step => ['toy', step]));
      const { type, searchAttributes } = await handle.describe();
      expect(type).toBe('toy.diamond');
      expect(searchAttributes).toMatchObject({
        CairnRunId: [ended.id],
        CairnTenant: ['local'],
        CairnTags: ['name:seen in the UI'],
      });
    } finally {
      await connection.close();
    }
  });

  test('a run that is cached whole is one workflow task', async () => {
    await run('toy.diamond', { name: 'one task' });
    const again = await run('toy.diamond', { name: 'one task' });
    const connection = await Connection.connect({ address: temporalAddress() });
    const { events } = await new Client({ connection }).workflow.getHandle(`run-${again.id}`).fetchHistory();
    await connection.close();
    expect((events ?? []).filter(event => event.workflowTaskCompletedEventAttributes)).toHaveLength(1);
  });
});

describe('cancelling', () => {
  test.each(['wait', 'spin'])('reaches a skill that is busy (%s)', async mode => {
    const { run: started } = await cairn.client.startRun({
      workflow: 'toy.diamond',
      trigger: { name: `cancel ${mode}`, mode },
    });
    await waitUntil('left runs', async () =>
      stepOf(await cairn.client.getRun(started.id), 'left').status === 'running' ? true : undefined,
    );
    await cairn.client.cancelRun(started.id);
    const ended = await cairn.client.waitForRun(started.id, { deadlineMs: 30_000 });
    expect(ended.status).toBe('cancelled');
    expect(stepOf(ended, 'left')).toMatchObject({ status: 'failed', errorCode: 'CANCELLED' });
    expect(stepOf(ended, 'last')).toMatchObject({ status: 'skipped', reason: 'cancelled' });
    if (mode === 'wait') expect(cairn.executions()).toContain('left aborted');
  });
});
