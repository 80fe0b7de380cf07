import assert from 'node:assert/strict';
import { test } from 'node:test';
import { myWorkflow } from './workflow.js';

test('has a step for each skill', () => {
  const steps = myWorkflow.graph.steps.map(step => step.id);
  assert.ok(steps.includes('my_skill'));
});
