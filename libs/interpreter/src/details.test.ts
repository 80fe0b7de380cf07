import { expect, test } from '@jest/globals';
import type { GateNode, StepNode } from '@cairn/pipeline/run-time';
import { detailsTable } from './details.js';

const policy = { attempts: 1, backoffMs: 1, timeoutMs: 1, cache: 'global' } as const;
const node = (id: string): StepNode => ({
  kind: 'step',
  id,
  skill: `do_${id}`,
  skillVersion: '1.0.0',
  input: { $: 'obj', of: {} },
  policy,
});

test("the table of Temporal's UI says how each step stands", () => {
  const progress = new Map([
    ['a', 'cached'],
    ['b', 'failed'],
    ['d', 'waiting'],
  ] as const);
  expect(detailsTable(['a', 'b', 'c', 'd'].map(node), progress)).toBe(
    [
      '| step | skill | state |',
      '|---|---|---|',
      '| a | do_a | ✔ from cache |',
      '| b | do_b | ✖ failed |',
      '| c | do_c | · pending |',
      '| d | do_d | ⧖ waits for the same step of another run |',
    ].join('\n'),
  );
});

test('a gate waits for a person, and no other run', () => {
  const gate: GateNode = {
    ...{ kind: 'gate', id: 'ok', role: 'approver', withinMs: 1_000, otherwise: 'reject' },
    input: { $: 'lit', value: null },
  };
  const [, , row] = detailsTable([gate], new Map([['ok', 'waiting']])).split('\n');
  expect(row).toBe('| ok | approval by approver | ⧖ waits for approval |');
});
