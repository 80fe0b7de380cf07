import { describe, expect, test } from '@jest/globals';
import { availableParallelism } from 'node:os';
import { CatalogError, type Catalog } from '@cairn/catalog';
import { ConfigurationError, readConfiguration } from '@cairn/configuration';
import { defineWorkflow, type StepOptions } from '@cairn/pipeline';
import { defineSkill, Type, type AnySkill, type SkillSpec } from '@cairn/skill-kit';
import { poolsOf } from './pools.js';

const shape = { title: 'Toy', input: Type.Object({}), output: Type.Object({}) };
const skill = (id: string, policy: Partial<Pick<SkillSpec, 'queue' | 'concurrency'>> = {}) =>
  defineSkill({ ...policy, ...shape, id, version: '1.0.0' });

/** A catalog of these skills, and of a workflow with a step of a plain one. */
function catalogOf(skills: readonly AnySkill[], step: StepOptions = {}): Catalog {
  const plain = skill('plain');
  const head = { name: 'toy.pools', version: '1.0.0', trigger: Type.Object({}) };
  const workflow = defineWorkflow(head, w => w.step('only', plain, {}, step));
  return {
    workflows: [workflow],
    skills: [plain, ...skills].map(of => ({ skill: of as AnySkill, run: '', packageName: '' })),
    workflow: () => workflow,
  };
}
const pools = (catalog: Catalog, env: Record<string, string> = {}) =>
  poolsOf(catalog, readConfiguration(env));
const slots = (catalog: Catalog, env: Record<string, string> = {}) =>
  Object.fromEntries(pools(catalog, env).map(pool => [pool.queue, pool.slots]));

const cores = availableParallelism();
// Another number than that of any queue by itself, on any machine.
const few = cores + 1;
const mixed = catalogOf([skill('on_gpu', { queue: 'gpu' }), skill('a_few', { concurrency: few })], {
  queue: 'slow',
});

describe('the queues of a worker', () => {
  test('are the main one, where workflows are walked, and those of skills and steps', () => {
    expect(pools(mixed, { CAIRN_TASK_QUEUE: 'studio' })).toEqual([
      { queue: 'default', taskQueue: 'studio', slots: 4 * cores, walks: true },
      { queue: 'gpu', taskQueue: 'studio-gpu', slots: cores, walks: false },
      { queue: 'a-few', taskQueue: 'studio-a-few', slots: few, walks: false },
      { queue: 'slow', taskQueue: 'studio-slow', slots: cores, walks: false },
    ]);
    expect(slots(catalogOf([]))).toEqual({ default: 4 * cores });
  });

  test('are those that the environment names', () => {
    expect(slots(mixed, { CAIRN_QUEUES: 'slow,gpu' })).toEqual({ gpu: cores, slow: cores });
  });

  test('have the slots that the environment gives them, also less than a skill allows', () => {
    const env = { CAIRN_CONCURRENCY: 'default=8,a-few=1,slow=7', CAIRN_QUEUES: 'default,a-few' };
    expect(slots(mixed, env)).toEqual({ default: 8, 'a-few': 1 });
  });

  test('may be shared by a skill that limits its concurrency with others that allow as many, or say nothing', () => {
    const shared = [
      skill('a', { queue: 'gpu' }),
      ...['b', 'c'].map(id => skill(id, { queue: 'gpu', concurrency: few })),
    ];
    expect(slots(catalogOf(shared))).toEqual({ default: 4 * cores, gpu: few });
  });
});

describe('refused', () => {
  test('two skills that limit one queue differently', () => {
    const load = () =>
      pools(catalogOf([skill('a', { queue: 'gpu', concurrency: 1 }), skill('gpu', { concurrency: 2 })]));
    expect(load).toThrow(CatalogError);
    expect(load).toThrow('a and gpu share the queue gpu, but one allows 1 at once and the other 2');
  });

  test.each([
    ['CAIRN_QUEUES', 'default,tpu'],
    ['CAIRN_CONCURRENCY', 'default=1,tpu=1'],
  ])('a queue in %s that is not there', (variable, value) => {
    const load = () => pools(mixed, { [variable]: value });
    expect(load).toThrow(ConfigurationError);
    expect(load).toThrow(`${variable} names the queue tpu, but the catalog's are default, gpu, a-few, slow`);
  });

  test('more slots than a skill allows', () => {
    const load = () => pools(mixed, { CAIRN_CONCURRENCY: `a-few=${few + 1}` });
    expect(load).toThrow(ConfigurationError);
    expect(load).toThrow(`CAIRN_CONCURRENCY has a-few=${few + 1}, but a_few allows ${few} at once`);
  });
});
