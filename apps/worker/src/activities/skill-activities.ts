import { Context } from '@temporalio/activity';
import { executeStep, repairStep, type Engine, type ExecutionHooks } from '@cairn/engine';
import type { StepAnswer, StepRequest } from '@cairn/pipeline';
import { translated } from './failures.js';

/** At least this often, and three times within the heartbeat's time-out: a slow moment is no death. */
const HEARTBEAT_MS = 2_000;

type SkillActivity = (request: StepRequest) => Promise<StepAnswer>;

/** An activity for each skill, under the skill's id. */
export function skillActivities(engine: Engine): Record<string, SkillActivity> {
  const activity: SkillActivity = request => {
    const { cancellationSignal: signal, info } = Context.current();
    const { attempt } = info;
    const work = request.repair ? repairStep : executeStep;
    return translated(() => withHeartbeat(request, hooks => work(engine, request, hooks)), {
      signal,
      attempt,
    });
  };
  return Object.fromEntries(engine.skills.all.map(({ skill }) => [skill.id, activity]));
}

/** Says that it lives while the work goes on, and tells the work when it is cancelled. */
async function withHeartbeat<T>(
  request: StepRequest,
  work: (hooks: ExecutionHooks) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  let latest: { fraction?: number; message?: string } = {};
  const every = Math.min(HEARTBEAT_MS, (context.info.heartbeatTimeoutMs ?? Infinity) / 3);
  const beat = setInterval(() => context.heartbeat(latest), every);
  try {
    return await work({
      attempt: (request.attemptsBefore ?? 0) + context.info.attempt,
      signal: context.cancellationSignal,
      progress: (fraction, message) => {
        latest = { fraction, ...(message !== undefined && { message }) };
        context.heartbeat(latest);
      },
    });
  } finally {
    clearInterval(beat);
  }
}
