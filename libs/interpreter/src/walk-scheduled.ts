import {
  ApplicationFailure,
  CancellationScope,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ScheduledRun, ScheduledStart } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import { failureOf } from './failures.js';
import { walkRun } from './walk-run.js';

/** Whether a schedule has started the workflow. */
export function isScheduledStart(input: Partial<ScheduledStart> | undefined): input is ScheduledStart {
  return (
    typeof input?.tenantId === 'string' &&
    typeof input.scheduleId === 'string' &&
    typeof input.revision === 'number' &&
    !('runId' in input)
  );
}

/** Records the run that a schedule wants, and walks it. */
export async function walkScheduled(start: ScheduledStart): Promise<void> {
  const opened = await opening(start);
  upsertSearchAttributes([
    { key: { name: 'CairnRunId', type: 'KEYWORD' }, value: opened.runId },
    ...(opened.kind === 'open' && opened.tags.length > 0
      ? [{ key: { name: 'CairnTags', type: 'KEYWORD_LIST' as const }, value: [...opened.tags] }]
      : []),
  ]);
  if (opened.kind === 'failed') throw ApplicationFailure.nonRetryable(opened.message, opened.code);
  return walkRun({ runId: opened.runId, tenantId: start.tenantId });
}

/** Also when the workflow has been cancelled meanwhile: the run is recorded first, and then ends cancelled. */
async function opening({ scheduleId, tenantId, revision }: ScheduledStart): Promise<ScheduledRun> {
  const { workflowId: temporalWorkflowId, firstExecutionRunId: executionId } = workflowInfo();
  const workflow = { temporalWorkflowId, executionId, scheduledFor: scheduledFor().toISOString() };
  try {
    return await CancellationScope.nonCancellable(() =>
      records.openScheduled({ scheduleId, tenantId, revision, ...workflow }),
    );
  } catch (error) {
    const { code, message } = failureOf(error, 'INTERPRETER_FAILED');
    throw ApplicationFailure.nonRetryable(message, code);
  }
}

/** The time for which Temporal's schedule has started this workflow. */
function scheduledFor(): Date {
  const { typedSearchAttributes, startTime } = workflowInfo();
  return typedSearchAttributes.get({ name: 'TemporalScheduledStartTime', type: 'DATETIME' }) ?? startTime;
}
