import {
  checkPolicy,
  DEFAULT_QUEUE,
  durationMs,
  queueOf,
  type AnySkill,
  type ExecutionPolicy,
  type RetryPolicy,
} from '@cairn/skill-kit';
import { POLICY_DEFAULTS, type StepPolicy } from './graph.js';

/**
 * How a step is run: each field as the step says, else the skill, else the default.
 * @throws TypeError naming field and rule.
 */
export function resolvePolicy({ spec }: AnySkill, options: ExecutionPolicy): StepPolicy {
  checkPolicy(options);
  const own = queueOf(spec);
  if (spec.concurrency !== undefined && options.queue !== undefined && options.queue !== own)
    throw new TypeError(
      `queue is ${own} for every step of ${spec.id}, where its concurrency is held, not ${options.queue}`,
    );
  const queue = options.queue ?? own;
  const cache = options.cache ?? spec.cache ?? 'global';
  const scoped = typeof cache === 'object' ? cache : { scope: cache, ttl: undefined };
  return {
    ...retries(options.retry, spec.retry),
    timeoutMs: millis(options.timeout ?? spec.timeout, POLICY_DEFAULTS.timeoutMs),
    heartbeatMs: millis(options.heartbeat ?? spec.heartbeat, POLICY_DEFAULTS.heartbeatMs),
    cache: scoped.scope,
    ...(scoped.ttl !== undefined && { ttlMs: durationMs(scoped.ttl) }),
    ...(queue !== DEFAULT_QUEUE && { queue }),
  };
}

type Retries = Pick<StepPolicy, 'attempts' | 'backoffMs' | 'factor' | 'maxBackoffMs' | 'nonRetryable'>;

function retries(step: RetryPolicy = {}, skill: RetryPolicy = {}): Retries {
  const backoff = step.backoff ?? skill.backoff;
  const maxBackoff = step.maxBackoff ?? skill.maxBackoff;
  const backoffMs = millis(backoff, POLICY_DEFAULTS.backoffMs);
  const maxBackoffMs = millis(maxBackoff, Math.max(POLICY_DEFAULTS.maxBackoffMs, backoffMs));
  // Skill and step may each have said one of the two.
  if (maxBackoffMs < backoffMs)
    throw new TypeError(`retry.maxBackoff is at least retry.backoff, ${backoff ?? '1s'}, not ${maxBackoff}`);
  return {
    attempts: step.attempts ?? skill.attempts ?? POLICY_DEFAULTS.attempts,
    backoffMs,
    factor: step.factor ?? skill.factor ?? POLICY_DEFAULTS.factor,
    maxBackoffMs,
    nonRetryable: [...new Set(step.nonRetryable ?? skill.nonRetryable ?? POLICY_DEFAULTS.nonRetryable)],
  };
}

const millis = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : durationMs(text);
