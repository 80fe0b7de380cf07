import { Context } from '@temporalio/activity';
import { executeStep, repairStep, stepRetrying, type Engine, type ExecutionHooks } from '@cairn/engine';
import type { Beat, StepAnswer, StepRequest } from '@cairn/pipeline';
import { withLogFields } from '@cairn/telemetry';
import { isTheLast, isTriedAgain, translated, type Attempt } from './failures.js';

/** At least this often, and three times within the heartbeat's time-out: a slow moment is no death. */
const HEARTBEAT_MS = 2_000;

type SkillActivity = (request: StepRequest) => Promise<StepAnswer>;

/** An activity for each skill, under the skill's id. */
export function skillActivities(engine: Engine): Record<string, SkillActivity> {
  const activity: SkillActivity = request => {
    const { cancellationSignal: signal, info } = Context.current();
    const at: Attempt = {
      signal,
      attempt: info.attempt,
      most: info.retryPolicy?.maximumAttempts,
      failedBefore: (info.heartbeatDetails as Beat | undefined)?.failed ?? 0,
      nonRetryable: request.policy.nonRetryable ?? [],
    };
    const work = request.repair ? repairStep : executeStep;
    const { tenantId, runId, stepId } = request;
    const fields = { tenantId, runId, stepId, attempt: (request.attemptsBefore ?? 0) + info.attempt };
    return withLogFields(
      () => fields,
      () =>
        logged(engine, request, at, () =>
          withHeartbeat(engine, request, at, hooks => work(engine, request, hooks)),
        ),
    );
  };
  return Object.fromEntries(engine.skills.all.map(({ skill }) => [skill.id, activity]));
}

/** Says how an attempt has ended, and tells Temporal so. */
async function logged(
  { log }: Pick<Engine, 'log'>,
  { skillId, item }: StepRequest,
  at: Attempt,
  work: () => Promise<StepAnswer>,
): Promise<StepAnswer> {
  const began = performance.now();
  const fields = () => ({ skillId, ms: Math.round(performance.now() - began) });
  try {
    const answer = await translated(work, at);
    // There may be ten thousand items.
    if (item === undefined) log.info({ ...fields(), answer: answer.kind }, 'an attempt at a step has ended');
    return answer;
  } catch (error) {
    const { name, type } = error as { name?: string; type?: string | null };
    log.warn({ ...fields(), code: type ?? name }, 'an attempt at a step has failed');
    throw error;
  }
}

/** Says that it lives while the work goes on, and tells the work when it is cancelled. */
async function withHeartbeat<T>(
  { reports }: Pick<Engine, 'reports'>,
  request: StepRequest,
  at: Attempt,
  work: (hooks: ExecutionHooks) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  let latest: Beat = { failed: at.failedBefore };
  const attempt = (request.attemptsBefore ?? 0) + context.info.attempt;
  const every = Math.min(HEARTBEAT_MS, (context.info.heartbeatTimeoutMs ?? Infinity) / 3);
  const beat = setInterval(() => context.heartbeat(latest), every);
  try {
    return await work({
      attempt,
      signal: context.cancellationSignal,
      progress: (fraction, message) => {
        latest = { ...latest, fraction, ...(message !== undefined && { message }) };
        context.heartbeat(latest);
      },
    });
  } catch (error) {
    // Told with the failure: the next attempt knows how many were the skill's own.
    if (isTriedAgain(error, at)) context.heartbeat({ ...latest, failed: at.failedBefore + 1 } satisfies Beat);
    if (!request.repair && !isTheLast(error, at)) await reports.tell([stepRetrying(request, attempt, error)]);
    throw error;
  } finally {
    clearInterval(beat);
  }
}
