import { expect, test } from '@jest/globals';
import { dependencies } from '@cairn/pipeline';
import { helloWorld } from './workflow/workflow.js';

test('each step depends on the fields it names and nothing else', () => {
  const needs = helloWorld.graph.steps.map(step => [
    step.id,
    [...dependencies(step)].filter(id => id !== '$trigger'),
  ]);
  expect(Object.fromEntries(needs)).toEqual({ greeting: [], front: ['greeting'], back: [] });
});
