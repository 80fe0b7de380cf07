import {
  derivedId,
  isTerminalRunStatus,
  isUniqueViolation,
  repositories,
  transaction,
  type Run,
  type Schedule,
} from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { Graph, ScheduledRun, ScheduledWorkflow } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { completeTrigger } from '../runs/complete-trigger.js';
import { insertRun } from '../runs/insert-run.js';
import { runStart } from '../runs/new-runs.js';
import { noteFiring, recordEndedStart } from './scheduled-run.js';

type OpeningEngine = Pick<Engine, 'dataSource' | 'store' | 'catalog' | 'triggerServices' | 'verifyAfterMs'>;

/**
 * Records the run of a workflow that a schedule has started, with its steps, unless that has happened. Its id follows
 * from the workflow and its first execution, so there is one, however often this is repeated. What can never start, as
 * when the workflow is not offered any more or the trigger breaks its rules by now, leaves a run that has failed.
 *
 * @throws CairnError RUN_UNKNOWN, terminal, when the schedule is gone: nothing is known of what it wanted.
 */
export async function openScheduled(
  engine: OpeningEngine,
  started: ScheduledWorkflow,
): Promise<ScheduledRun> {
  const { dataSource, store } = engine;
  const { tenantId, scheduleId, temporalWorkflowId, executionId } = started;
  const runId = derivedId(executionId, temporalWorkflowId);
  const recorded = await asRecorded(engine, tenantId, runId);
  if (recorded) return recorded;
  const schedule = await repositories(dataSource).schedules.acrossTenants.read(scheduleId);
  if (schedule?.tenantId !== tenantId)
    throw new CairnError('RUN_UNKNOWN', `There is no schedule ${scheduleId}`);
  try {
    const { graph, ...complete } = await whatToRun(engine, schedule);
    await transaction(dataSource, async tx => {
      await insertRun(tx, store, {
        ...complete,
        ...{ id: runId, tenantId, graph, temporalWorkflowId, scheduleId },
        options: schedule.options,
        scheduledFor: new Date(started.scheduledFor),
      });
      // It runs already: nobody has to start it.
      await tx.runs.recordStartRequested(tenantId, runId);
      await noteFiring(tx, schedule, runId, new Date(started.scheduledFor));
    }).catch(unlessRecorded);
  } catch (error) {
    if (!(error instanceof CairnError) || error.retryable) throw error;
    const { code, message } = error;
    const failed = { status: 'failed', code, message } as const;
    await recordEndedStart(dataSource, schedule, { runId, ...started }, failed).catch(unlessRecorded);
  }
  const opened = await asRecorded(engine, tenantId, runId);
  if (!opened) throw new CairnError('RUN_UNKNOWN', `The run ${runId} was deleted while it was recorded`);
  return opened;
}

/** @throws CairnError that says why it can never start */
async function whatToRun(engine: OpeningEngine, schedule: Schedule) {
  const { workflowName, workflowVersion, tenantId, trigger } = schedule;
  const workflow = engine.catalog.workflow(workflowName, workflowVersion ?? undefined);
  if (!workflow) {
    const version = workflowVersion === null ? '' : ` in version ${workflowVersion}`;
    throw new CairnError('WORKFLOW_UNKNOWN', `There is no workflow ${workflowName}${version} any more`);
  }
  return { graph: workflow.graph, ...(await completeTrigger(engine, tenantId, workflow, trigger)) };
}

/** Another attempt was first. */
function unlessRecorded(error: unknown): void {
  if (!isUniqueViolation(error, 'run_pkey')) throw error;
}

async function asRecorded(
  { dataSource }: Pick<Engine, 'dataSource'>,
  tenantId: string,
  runId: string,
): Promise<ScheduledRun | undefined> {
  const { runs, graphs } = repositories(dataSource);
  const run = await runs.getRun(tenantId, runId);
  if (!run) return undefined;
  if (neverStarted(run))
    return { kind: 'failed', runId, code: run.errorCode ?? 'RUN_FAILED', message: run.error ?? 'It failed' };
  const pinned = await graphs.getGraph(run.graphDigest);
  return {
    kind: 'open',
    runId,
    tags: runStart(run, (pinned?.graph as unknown as Graph | undefined)?.search ?? {}).tags,
  };
}

/** It had ended when it was recorded. */
const neverStarted = ({ status, startRequestedAt }: Run) =>
  isTerminalRunStatus(status) && startRequestedAt === null;
