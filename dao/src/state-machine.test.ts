import { describe, expect, test } from '@jest/globals';
import {
  RUN_STATUSES,
  RUN_STEP_STATUSES,
  TERMINAL_RUN_STATUSES,
  TERMINAL_RUN_STEP_STATUSES,
} from './entities/status.js';
import {
  assertRunTransition,
  assertStepTransition,
  InvalidTransitionError,
  isTerminalRunStatus,
  isTerminalStepStatus,
  runStatusesBefore,
  stepStatusesBefore,
} from './state-machine.js';

/** One row per status, one column per target in the same order; x is legal. */
const RUN_TABLE = `
            queued running completed failed cancelled
queued      .      x       .         .      x
running     .      .       x         x      x
completed   .      .       .         .      .
failed      .      .       .         .      .
cancelled   .      .       .         .      .`;

const STEP_TABLE = `
            pending running completed failed skipped
pending     .       x       .         .      x
running     .       x       x         x      .
completed   .       .       .         .      .
failed      .       .       .         .      .
skipped     .       .       .         .      .`;

interface Cell {
  from: string;
  to: string;
  legal: boolean;
}

function cells(table: string): Cell[] {
  const [header = '', ...rows] = table.trim().split('\n');
  const targets = header.trim().split(/\s+/);
  return rows.flatMap(row => {
    const [from = '', ...marks] = row.trim().split(/\s+/);
    return targets.map((to, index) => ({ from, to, legal: marks[index] === 'x' }));
  });
}

function refusal(change: () => void): unknown {
  try {
    change();
    return 'legal';
  } catch (error) {
    return error instanceof InvalidTransitionError ? { ...error, code: error.code } : error;
  }
}

describe.each([
  { record: 'run', table: RUN_TABLE, statuses: RUN_STATUSES, assert: assertRunTransition },
  { record: 'step', table: STEP_TABLE, statuses: RUN_STEP_STATUSES, assert: assertStepTransition },
])('the state machine of a $record', ({ record, table, statuses, assert }) => {
  test('is written down for every pair of statuses', () => {
    expect(cells(table).map(({ from, to }) => `${from} ${to}`)).toEqual(
      statuses.flatMap(from => statuses.map(to => `${from} ${to}`)),
    );
  });

  test.each(cells(table))('$from → $to: $legal', ({ from, to, legal }) => {
    const change = () => (assert as (from: string, to: string) => void)(from, to);
    expect(refusal(change)).toEqual(
      legal ? 'legal' : { record, from, to, code: 'INVALID_TRANSITION', name: 'InvalidTransitionError' },
    );
  });
});

test('the statuses before one are the rows marked in its column', () => {
  expect(Object.fromEntries(RUN_STATUSES.map(to => [to, runStatusesBefore(to)]))).toEqual({
    queued: [],
    running: ['queued'],
    completed: ['running'],
    failed: ['running'],
    cancelled: ['queued', 'running'],
  });
  expect(Object.fromEntries(RUN_STEP_STATUSES.map(to => [to, stepStatusesBefore(to)]))).toEqual({
    pending: [],
    running: ['pending', 'running'],
    completed: ['running'],
    failed: ['running'],
    skipped: ['pending'],
  });
});

test('a status is terminal when nothing leads out of it', () => {
  expect(RUN_STATUSES.filter(isTerminalRunStatus)).toEqual([...TERMINAL_RUN_STATUSES]);
  expect(RUN_STEP_STATUSES.filter(isTerminalStepStatus)).toEqual([...TERMINAL_RUN_STEP_STATUSES]);
});
