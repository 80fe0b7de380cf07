import { digestOf } from '@cairn/canonical';
import { transaction, type DataSource, type JsonObject, type Repositories, type Schedule } from '@cairn/dao';
import type { Graph } from '@cairn/pipeline';
import type { Settlement } from '../runs/settle-run.js';

/** A workflow that a schedule has started, and the id of its run. */
export interface FiredWorkflow {
  readonly runId: string;
  readonly temporalWorkflowId: string;
  /** ISO 8601. */
  readonly scheduledFor: string;
}

/** Notes, in the transaction that records its run, that a schedule has fired. */
export async function noteFiring(
  tx: Repositories,
  { tenantId, id: scheduleId, name }: Schedule,
  runId: string,
  scheduledFor: Date,
): Promise<void> {
  await tx.firings.recordRun({ tenantId, scheduleId }, scheduledFor, runId);
  const data = { scheduleId, name, scheduledFor: scheduledFor.toISOString() };
  await tx.events.append([{ tenantId, runId, type: 'schedule.fired', data }]);
}

/**
 * Records a run that has ended before it could begin, so that a firing that came to nothing is seen where runs are
 * looked for. It has no steps: which ones it would have had may not be known any more.
 */
export async function recordEndedStart(
  dataSource: DataSource,
  schedule: Schedule,
  { runId, temporalWorkflowId, scheduledFor }: FiredWorkflow,
  { status, message, code }: Settlement,
): Promise<void> {
  const { tenantId, id: scheduleId, workflowName: name, trigger, options } = schedule;
  const version = schedule.workflowVersion ?? '0.0.0';
  const nothing = { $: 'lit', value: null } as const;
  const graph: Graph = { format: 'cairn-graph/1', name, version, steps: [], output: nothing, search: {} };
  const graphDigest = digestOf(graph);
  const at = new Date(scheduledFor);
  await transaction(dataSource, async tx => {
    await tx.graphs.putGraph({ digest: graphDigest, name, version, graph: graph as unknown as JsonObject });
    await tx.runs.insertRun({
      ...{ id: runId, tenantId, workflowName: name, workflowVersion: version, trigger, options },
      ...{ temporalWorkflowId, graphDigest, scheduleId, scheduledFor: at },
    });
    await tx.runs.finishRun(tenantId, runId, { status, error: message, errorCode: code });
    await noteFiring(tx, schedule, runId, at);
  });
}
