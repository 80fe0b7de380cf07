import assert from 'node:assert/strict';
import { test } from 'node:test';
import { myWorkflow } from './workflow.js';

test('its steps do what these skills do', () => {
  const skills = [...myWorkflow.skills.keys()];
  assert.ok(skills.includes('my_skill'));
});
