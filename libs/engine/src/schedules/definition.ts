import type { JsonObject, ScheduleDefinition, ScheduleTimes } from '@cairn/dao';
import { ValidationError, type http, type Issue } from '@cairn/dto';
import { durationMs } from '@cairn/skill-kit';
import { completeTrigger, refuseWhatIsNotJson } from '../runs/complete-trigger.js';
import { findWorkflow } from '../runs/find-workflow.js';
import { runOptions } from '../runs/run-options.js';
import type { RunServiceParts } from '../runs/run-service.js';
import { cronMistake } from './cron.js';

const DEFAULT_CATCHUP_MS = 3_600_000;
/** Temporal takes no less. Milliseconds. */
const LEAST_CATCHUP_MS = 10_000;

/**
 * Checks what a schedule is to be, with its trigger, and gives it as it is recorded.
 *
 * @throws ValidationError with JSON Pointers into the trigger, or `/` and the name of another field.
 */
export async function checkedDefinition(
  parts: Pick<RunServiceParts, 'catalog' | 'dataSource' | 'store' | 'triggerServices' | 'verifyAfterMs'>,
  tenantId: string,
  asked: http.ScheduleDefinition,
): Promise<ScheduleDefinition> {
  const { name, workflow: workflowName, version, trigger, options, remainingActions } = asked;
  const issues = timeIssues(asked);
  if (issues.length > 0) throw new ValidationError(issues, 'The schedule');
  const workflow = findWorkflow(parts.catalog, { workflow: workflowName, version });
  refuseWhatIsNotJson(workflow, trigger);
  await completeTrigger(parts, tenantId, workflow, trigger);
  return {
    ...{ name, workflowName, workflowVersion: version ?? null },
    // As it was given: defaults and files are those of the firing.
    trigger: trigger as JsonObject,
    options: runOptions(workflow, options),
    times: timesOf(asked),
    overlap: asked.overlap ?? 'skip',
    catchupMs: optionalMs(asked.catchupWindow) ?? DEFAULT_CATCHUP_MS,
    limit: remainingActions ?? null,
  };
}

const optionalMs = (text: string | undefined) => (text === undefined ? undefined : durationMs(text));

function timesOf({
  cron,
  every,
  offset,
  timeZone,
  jitter,
  startAt,
  endAt,
}: http.ScheduleDefinition): ScheduleTimes {
  return {
    ...(cron && { cron }),
    ...(every !== undefined && { everyMs: durationMs(every) }),
    ...(offset !== undefined && { offsetMs: durationMs(offset) }),
    ...(timeZone !== undefined && { timeZone }),
    ...(jitter !== undefined && { jitterMs: durationMs(jitter) }),
    ...(startAt !== undefined && { startAt: new Date(startAt).toISOString() }),
    ...(endAt !== undefined && { endAt: new Date(endAt).toISOString() }),
  };
}

function timeIssues(asked: http.ScheduleDefinition): readonly Issue[] {
  const { cron, every, offset, timeZone, startAt, endAt, catchupWindow } = asked;
  const issues: Issue[] = [];
  const refuse = (path: string, message: string) => issues.push({ path, code: 'VALIDATION_ERROR', message });
  if ((cron === undefined) === (every === undefined))
    refuse('/cron', 'a schedule has either cron expressions or an interval (every)');
  for (const [at, expression] of (cron ?? []).entries()) {
    const mistake = cronMistake(expression);
    if (mistake) refuse(`/cron/${at}`, mistake);
  }
  if (every !== undefined && durationMs(every) % 1000 !== 0) refuse('/every', 'must be of whole seconds');
  if (offset !== undefined && every === undefined) refuse('/offset', 'goes with an interval (every)');
  if (offset !== undefined && durationMs(offset) % 1000 !== 0) refuse('/offset', 'must be of whole seconds');
  if (offset !== undefined && every !== undefined && durationMs(offset) >= durationMs(every))
    refuse('/offset', 'must be less than the interval');
  if (timeZone !== undefined && !isTimeZone(timeZone))
    refuse('/timeZone', 'is no time zone of the IANA database, as Europe/Berlin is');
  if (startAt !== undefined && endAt !== undefined && Date.parse(endAt) < Date.parse(startAt))
    refuse('/endAt', 'lies before startAt');
  if (catchupWindow !== undefined && durationMs(catchupWindow) < LEAST_CATCHUP_MS)
    refuse('/catchupWindow', 'must be 10 s or more');
  return issues;
}

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are no names for Temporal.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
