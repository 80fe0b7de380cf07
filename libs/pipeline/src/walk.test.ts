import { describe, expect, test } from '@jest/globals';
import type { Expr } from './expression.js';
import type { StepNode } from './graph.js';
import type { OpenedRun, SettledStep } from './protocol.js';
import { walkOfRun, type Walk } from './walk.js';

const ref = (step: string, ...path: string[]): Expr => ({ $: 'ref', step, path });
const policy = { attempts: 1, backoffMs: 1, timeoutMs: 1, cache: 'global' } as const;
const node = (id: string, input: Record<string, Expr>, more: Partial<StepNode> = {}): StepNode => ({
  kind: 'step',
  id,
  skill: `do_${id}`,
  skillVersion: '1.0.0',
  input: { $: 'obj', of: input },
  policy,
  ...more,
});
const done = (output: unknown, fromCache = false): SettledStep => ({ kind: 'done', output, fromCache });
const failed = (code: string): SettledStep => ({ kind: 'failed', code, message: 'no' });

/** a → b → d, a → c, optional e → f, alone g. */
const steps = [
  node('a', {
    title: ref('$trigger', 'title'),
    at: { $: 'op', op: 'unkeyed', args: [ref('$run', 'created_at')] },
  }),
  node('b', { from: ref('a', 'x') }),
  node('c', { from: ref('a', 'y') }),
  node('d', { from: ref('b', 'x') }),
  node('e', {}, { when: ref('$trigger', 'extra') }),
  node('f', { from: ref('e', 'x') }),
  node('g', {}, { after: ['d'] }),
];
const opened = (more: Partial<OpenedRun> = {}): OpenedRun => ({
  ended: false,
  graph: {
    format: 'cairn-graph/1',
    name: 'toy',
    version: '1.0.0',
    steps,
    output: { $: 'obj', of: { d: ref('d', 'x'), f: ref('f', 'x') } },
    search: {},
  },
  trigger: { title: 'hello', extra: false },
  facts: { id: 'run', created_at: '2030-01-01T00:00:00.000Z', tenant: 'acme' },
  workflowName: 'toy',
  rootRunId: 'run',
  options: {},
  misses: [],
  settled: {},
  ...more,
});
const ready = (walk: Walk) => walk.ready().map(({ id }) => id);
const step = (id: string) => steps.find(found => found.id === id)!;

describe('a walk', () => {
  test('begins with the steps that wait for nothing', () => {
    const walk = walkOfRun(opened());
    expect(ready(walk)).toEqual(['a', 'e']);
    walk.begin('a');
    expect(ready(walk)).toEqual(['e']);
  });

  test('goes on when what a step reads is known, or what it comes after has ended', () => {
    const walk = walkOfRun(opened());
    walk.settle('a', done({ x: 1 }));
    expect(ready(walk)).toEqual(['b', 'c', 'e']);
    walk.settle('b', done({ x: 2 }, true));
    expect(ready(walk)).toEqual(['c', 'd', 'e']);
    walk.settle('d', done({ x: 3 }));
    expect(ready(walk)).toEqual(['c', 'e', 'g']);
    expect(Object.fromEntries(walk.progress)).toMatchObject({ a: 'executed', b: 'cached', c: 'pending' });
  });

  test('gives a step its input, with and without what stays out of the key', () => {
    const walk = walkOfRun(opened());
    expect(walk.input(step('a'), { keyed: true })).toEqual({ title: 'hello' });
    expect(walk.input(step('a'), { keyed: false })).toEqual({
      title: 'hello',
      at: '2030-01-01T00:00:00.000Z',
    });
    walk.settle('a', done({ x: { deep: [1] } }));
    expect(walk.input(step('b'), { keyed: true })).toEqual({ from: { deep: [1] } });
    expect(walk.input(step('c'), { keyed: true })).toEqual({});
  });

  test('leaves a step out whose condition is not true; what reads it goes on without', () => {
    const walk = walkOfRun(opened());
    expect([walk.isOff(step('e')), walk.isOff(step('a'))]).toEqual([true, false]);
    walk.leaveOut('e');
    expect(ready(walk)).toEqual(['a', 'f']);
    expect(walk.input(step('f'), { keyed: true })).toEqual({});
    expect(walkOfRun(opened({ trigger: { extra: true } })).isOff(step('e'))).toBe(false);
    expect(walkOfRun(opened({ trigger: { extra: 'yes' } })).isOff(step('e'))).toBe(true);
    expect(walkOfRun(opened({ trigger: {} })).isOff(step('e'))).toBe(true);
  });

  test('has an output in which what was left out is absent', () => {
    const walk = walkOfRun(opened());
    walk.leaveOut('e');
    for (const id of ['a', 'b', 'd']) walk.settle(id, done({ x: id }));
    walk.settle('f', done({}));
    expect(walk.value(opened().graph.output)).toEqual({ d: 'd' });
  });
});

describe('a failure', () => {
  test('blocks all that waits for it, near or far, and nothing else', () => {
    const walk = walkOfRun(opened());
    walk.settle('a', done({ x: 1 }));
    walk.settle('b', failed('AWAY'));
    expect(walk.blockedBy('b')).toEqual(['d', 'g']);
    expect(walk.progress.get('d')).toBe('pending');
    walk.block('b');
    expect(ready(walk)).toEqual(['c', 'e']);
    expect(Object.fromEntries(walk.progress)).toMatchObject({ b: 'failed', d: 'skipped', g: 'skipped' });
  });

  test('is the first one for good', () => {
    const walk = walkOfRun(opened());
    walk.settle('b', failed('FIRST'));
    walk.settle('c', failed('SECOND'));
    expect(walk.firstFailure).toEqual({ stepId: 'b', code: 'FIRST', message: 'no' });
  });

  test('does not block what another failure has blocked already', () => {
    const walk = walkOfRun(opened());
    walk.settle('a', failed('AWAY'));
    walk.block('a');
    expect(walk.blockedBy('b')).toEqual([]);
  });
});

describe('a walk that is taken up again', () => {
  test('goes on where it was: with outputs, with what was left out, without what is blocked', () => {
    const settled: Record<string, SettledStep> = {
      a: done({ x: 1 }),
      b: failed('AWAY'),
      d: { kind: 'skipped', reason: 'blocked' },
      g: { kind: 'skipped', reason: 'blocked' },
      e: { kind: 'skipped', reason: 'condition_false' },
    };
    const walk = walkOfRun(opened({ settled }));
    expect(ready(walk)).toEqual(['c', 'f']);
    expect(walk.firstFailure).toMatchObject({ stepId: 'b', code: 'AWAY' });
    expect(Object.fromEntries(walk.progress)).toEqual({
      a: 'executed',
      b: 'failed',
      c: 'pending',
      d: 'skipped',
      e: 'skipped',
      f: 'pending',
      g: 'skipped',
    });
  });

  test('has nothing to do for steps that were cancelled', () => {
    const settled = Object.fromEntries(
      steps.map(({ id }) => [id, { kind: 'skipped', reason: 'cancelled' } as const]),
    );
    expect(ready(walkOfRun(opened({ settled })))).toEqual([]);
  });
});
