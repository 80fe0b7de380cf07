import { describe, expect, test } from '@jest/globals';
import { defineSkill, Type, type SkillSpec } from '@cairn/skill-kit';
import type { StepOptions } from './builder.js';
import { defineWorkflow } from './define-workflow.js';
import { skillSteps, type StepPolicy } from './graph.js';

type Policies = Partial<Omit<SkillSpec, 'id' | 'version' | 'title' | 'input' | 'output'>>;

/** The policy in the graph of a step of a skill. */
function resolved(skill: Policies, step: StepOptions = {}): StepPolicy {
  const shape = { title: 'Toy', input: Type.Object({}), output: Type.Object({}) };
  const toy = defineSkill({ ...skill, ...shape, id: 'toy_skill', version: '1.0.0' });
  const head = { name: 'toy.policy', version: '1.0.0', trigger: Type.Object({}) };
  const { graph } = defineWorkflow(head, w => w.step('only', toy, {}, step));
  return skillSteps(graph)[0]!.policy;
}

const DEFAULT: StepPolicy = {
  attempts: 3,
  backoffMs: 1_000,
  factor: 2,
  maxBackoffMs: 60_000,
  nonRetryable: [],
  timeoutMs: 600_000,
  heartbeatMs: 10_000,
  cache: 'global',
};
const SKILL: Policies = {
  cache: { scope: 'run_only', ttl: '7d' },
  retry: { attempts: 5, backoff: '250ms', factor: 3, maxBackoff: '10s', nonRetryable: ['QUOTA_USED_UP'] },
  timeout: '5m',
  heartbeat: '20s',
  queue: 'heavy',
};
const OF_SKILL: StepPolicy = {
  attempts: 5,
  backoffMs: 250,
  factor: 3,
  maxBackoffMs: 10_000,
  nonRetryable: ['QUOTA_USED_UP'],
  timeoutMs: 300_000,
  heartbeatMs: 20_000,
  cache: 'run_only',
  ttlMs: 7 * 86_400_000,
  queue: 'heavy',
};

describe('the policy of a step', () => {
  test('has defaults', () => {
    expect(resolved({})).toEqual(DEFAULT);
  });

  test("is the skill's own", () => {
    expect(resolved(SKILL)).toEqual(OF_SKILL);
  });

  test.each<[StepOptions, Partial<StepPolicy>]>([
    [{ retry: { attempts: 1 } }, { attempts: 1 }],
    [{ retry: { attempts: 2, backoff: undefined } }, { attempts: 2 }],
    [{ retry: { backoff: '4s' } }, { backoffMs: 4_000 }],
    [{ retry: { factor: 1.5 } }, { factor: 1.5 }],
    [{ retry: { maxBackoff: '250ms' } }, { maxBackoffMs: 250 }],
    [{ retry: { nonRetryable: ['A1', 'B_2', 'A1'] } }, { nonRetryable: ['A1', 'B_2'] }],
    [{ retry: { nonRetryable: [] } }, { nonRetryable: [] }],
    [{ retry: {} }, {}],
    [{ timeout: '1m' }, { timeoutMs: 60_000 }],
    [{ heartbeat: '3s' }, { heartbeatMs: 3_000 }],
    [{ queue: 'gpu' }, { queue: 'gpu' }],
    [{ queue: 'default' }, { queue: undefined }],
    [{ cache: 'never' }, { cache: 'never', ttlMs: undefined }],
  ])('gives way to %j of the step, and to nothing else', (options, otherwise) => {
    expect(resolved(SKILL, options)).toEqual({ ...OF_SKILL, ...otherwise });
  });

  test('waits at least as long as the first wait', () => {
    expect(resolved({ retry: { backoff: '5m' } })).toMatchObject({
      backoffMs: 300_000,
      maxBackoffMs: 300_000,
    });
    expect(() => resolved(SKILL, { retry: { backoff: '11s' } })).toThrow(
      'toy.policy, step "only": retry.maxBackoff is at least retry.backoff, 11s, not 10s',
    );
  });
});

describe('a skill that limits its concurrency', () => {
  test('has a queue of its own, by its id or by name', () => {
    expect(resolved({ concurrency: 2 }).queue).toBe('toy-skill');
    expect(resolved({ concurrency: 2, queue: 'gpu' }).queue).toBe('gpu');
    expect(resolved({ concurrency: 2 }, { queue: 'toy-skill' }).queue).toBe('toy-skill');
  });

  test.each(['gpu', 'default'])('is not moved to the queue %s by a step', queue => {
    expect(() => resolved({ concurrency: 2 }, { queue })).toThrow(
      `step "only": queue is toy-skill for every step of toy_skill, where its concurrency is held, not ${queue}`,
    );
  });
});
