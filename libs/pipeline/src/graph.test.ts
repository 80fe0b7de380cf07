import { digestOf } from '@cairn/canonical';
import { describe, expect, test } from '@jest/globals';
import { defineWorkflow } from './define-workflow.js';
import { dependencies, skillSteps, unkeyedFields, type StepNode } from './graph.js';
import { present, unkeyed } from './operators.js';
import { bundle, compose, configure, Trigger } from './testing/skills.js';

const define = (title = 'the title') =>
  defineWorkflow(
    { name: 'toy.graph', version: '1.0.0', trigger: Trigger, search: { campaign: t => t.id } },
    w => {
      const { config } = w.step('configure', configure, { title, brief: undefined });
      const music = w.step('music', compose, { theme: config.look.theme });
      const after = w.step('after', compose, { theme: 'x' }, { after: [config, music] });
      const { game } = w.step(
        'game',
        bundle,
        { music: music.track, title: config.title, at: unkeyed(w.run.created_at) },
        { when: present(after.mood), timeout: '1m', retry: { attempts: 1 }, cache: 'never', queue: 'slow' },
      );
      return { game };
    },
  );
const { graph, ...workflow } = define();
const step = (id: string): StepNode => skillSteps(graph).find(node => node.id === id)!;

test('a graph is JSON: what is stored is what runs', () => {
  expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
  expect(graph.format).toBe('cairn-graph/1');
  expect(step('configure').input).toEqual({
    $: 'obj',
    of: { title: { $: 'lit', value: 'the title' } },
  });
  expect(graph.search).toEqual({ campaign: { $: 'ref', step: '$trigger', path: ['id'] } });
  expect(graph.output).toEqual({ $: 'obj', of: { game: { $: 'ref', step: 'game', path: ['game'] } } });
  expect(workflow.title).toBe('toy.graph');
});

test('its digest is that of its meaning', () => {
  expect(digestOf(define().graph)).toBe(digestOf(graph));
  expect(digestOf(define('another').graph)).not.toBe(digestOf(graph));
  // Written down: runs that were pinned by an older build must find their graph again.
  expect(digestOf(graph)).toBe('sha256:d2861ccfb275b1ca4b986d2fd60637fffd07baf8b6c026cc48cdf383b75683d4');
});

describe('dependencies', () => {
  test.each([
    ['configure', []],
    ['music', ['configure']],
    ['after', ['configure', 'music']],
    ['game', ['music', 'configure', 'after']],
  ])('of %s', (id, steps) => {
    expect(dependencies(step(id))).toEqual(steps);
  });
});

test('unkeyed fields are listed by step', () => {
  expect(unkeyedFields(step('game'))).toEqual(['$run.created_at']);
  expect(unkeyedFields(step('music'))).toEqual([]);
});
