import { describe, expect, test } from '@jest/globals';
import { defineSkill, queueOf, type SkillSpec } from './define-skill.js';
import { Type } from './index.js';

type Policies = Partial<
  Pick<SkillSpec, 'cache' | 'retry' | 'timeout' | 'heartbeat' | 'queue' | 'concurrency'>
>;
const define = (policies: Policies, id = 'toy_skill') =>
  defineSkill({
    title: 'Toy',
    input: Type.Object({}),
    output: Type.Object({}),
    ...policies,
    id,
    version: '1.0.0',
  });

describe('the policy of a skill', () => {
  test.each<Policies>([
    {},
    { retry: {}, timeout: '1ms', heartbeat: '3s', queue: 'a', concurrency: 1 },
    { retry: { attempts: 1, backoff: '1ms', factor: 1, maxBackoff: '1ms', nonRetryable: ['A_1'] } },
    { retry: { attempts: 2 ** 31 - 1, factor: 100, nonRetryable: [] } },
    { queue: `q${'-9'.repeat(31)}x` },
    { queue: 'default' },
    { cache: { scope: 'run_only', ttl: '0s' } },
  ])('%j', policies => {
    expect(define(policies).spec).toMatchObject(policies);
  });

  const attempts = 'retry.attempts is a whole number from 1, not';
  const codes = 'retry.nonRetryable is a list of codes like PROVIDER_REFUSED, not';
  const long = 'q'.repeat(65);
  test.each<[object, string]>([
    [{ timeout: '5 minutes' }, 'timeout is a duration like 250ms, 30s, 5m, 12h or 7d, not 5 minutes'],
    [{ timeout: 5 }, 'timeout is a duration like 250ms, 30s, 5m, 12h or 7d, not 5'],
    [{ timeout: '0s' }, 'timeout is more than no time, not 0s'],
    [{ heartbeat: '' }, 'heartbeat is a duration like 250ms, 30s, 5m, 12h or 7d, not ""'],
    [{ heartbeat: '2999ms' }, 'heartbeat is at least 3s, not 2999ms'],
    [{ retry: { attempts: 0 } }, `${attempts} 0`],
    [{ retry: { attempts: 1.5 } }, `${attempts} 1.5`],
    [{ retry: { attempts: '3' } }, `${attempts} 3`],
    [{ retry: { attempts: 2 ** 31 } }, `${attempts} 2147483648`],
    [{ retry: { attempts: Infinity } }, `${attempts} Infinity`],
    [{ retry: { backoff: '0s' } }, 'retry.backoff is more than no time, not 0s'],
    [{ retry: { backoff: '-1s' } }, 'retry.backoff is a duration'],
    [{ retry: { maxBackoff: 'long' } }, 'retry.maxBackoff is a duration'],
    [
      { retry: { backoff: '2s', maxBackoff: '1s' } },
      'retry.maxBackoff is at least retry.backoff, 2s, not 1s',
    ],
    [{ retry: { factor: 0.9 } }, 'retry.factor is a number from 1 to 100, not 0.9'],
    [{ retry: { factor: 101 } }, 'retry.factor is a number from 1 to 100, not 101'],
    [{ retry: { factor: Number.NaN } }, 'retry.factor is a number from 1 to 100, not NaN'],
    [{ retry: { nonRetryable: 'TOY_FAILED' } }, `${codes} TOY_FAILED`],
    [{ retry: { nonRetryable: ['TOY_FAILED', 'Error'] } }, `${codes} ["TOY_FAILED","Error"]`],
    [{ retry: { nonRetryable: ['A'] } }, `${codes} ["A"]`],
    [{ queue: '' }, 'queue is [a-z][a-z0-9-]{0,63}, not '],
    [{ queue: 'a_b' }, 'queue is [a-z][a-z0-9-]{0,63}, not a_b'],
    [{ queue: '1st' }, 'queue is [a-z][a-z0-9-]{0,63}, not 1st'],
    [{ queue: long }, `queue is [a-z][a-z0-9-]{0,63}, not ${long}`],
    [{ concurrency: 0 }, 'concurrency is a whole number from 1, not 0'],
    [{ concurrency: 2.5 }, 'concurrency is a whole number from 1, not 2.5'],
    [{ concurrency: 1, queue: 'default' }, 'concurrency needs a queue of its own, not default'],
    [{ cache: 'forever' }, 'cache is global, run_only, never or {scope, ttl}, not forever'],
    [{ cache: { scope: 'global' } }, 'cache.ttl is a duration'],
    [
      { cache: { scope: 'never', ttl: '1d' } },
      'cache is global, run_only, never or {scope, ttl}, not {"scope',
    ],
    [{ cache: { scope: 'global', ttl: 'soon' } }, 'cache.ttl is a duration'],
  ])('refuses %j', (policies, message) => {
    expect(() => define(policies)).toThrow(`toy_skill: ${message}`);
  });
});

describe('the queue of a skill', () => {
  test.each<[Policies, string]>([
    [{}, 'default'],
    [{ queue: 'gpu' }, 'gpu'],
    [{ concurrency: 2 }, 'toy-skill'],
    [{ concurrency: 2, queue: 'gpu' }, 'gpu'],
  ])('of %j is %s', (policies, queue) => {
    expect(queueOf(define(policies).spec)).toBe(queue);
  });

  test('is not the one of all, by its id either, where it limits its concurrency', () => {
    expect(() => define({ concurrency: 1 }, 'default')).toThrow(
      'default: concurrency needs a queue of its own',
    );
  });
});
