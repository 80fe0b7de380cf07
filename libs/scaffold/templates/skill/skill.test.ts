import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSkill } from '@cairn/skill-kit/testing';
import { examples } from './examples.js';
import run from './run.js';

// Each example is run without Temporal or a database: the schemas, the same bytes twice, an end when it is told to stop.
for (const example of examples)
  test(example.title, async () => {
    const { output, files } = await checkSkill(run, { input: example.input });
    assert.deepEqual(output.facts, example.facts);
    assert.equal(files.text(output.page), example.page);
  });
