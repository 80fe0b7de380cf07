import { expect, test } from '@jest/globals';
import type { Schedule, ScheduleFiring } from '@cairn/dao';
import { judge } from './judge-firings.js';
import type { ClockState } from './schedule-control.js';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-21T12:00:00Z');
const at = (minutes: number) => new Date(NOON + minutes * MINUTE);

/** Of firings each minute from noon on: what came of them, by the minute; those that are left pending are left out. */
function judged(
  minutes: readonly number[],
  {
    state = {},
    schedule = {},
    now = 30,
    lastStarted,
    ripeUntil = 1_000,
    isAll = true,
  }: {
    state?: Partial<ClockState>;
    schedule?: Partial<Schedule>;
    now?: number;
    lastStarted?: number;
    ripeUntil?: number;
    isAll?: boolean;
  },
): Record<number, string> {
  const firings = minutes.map(minute => ({ id: String(minute), dueAt: at(minute) }) as ScheduleFiring);
  const evidence = {
    schedule: {
      ...{ pauses: [], overlap: 'skip', catchupMs: 60 * MINUTE, accountedSkips: 0, accountedMisses: 0 },
      ...schedule,
    } as unknown as Schedule,
    state: { next: [at(100)], buffered: 0, skipped: 0, missed: 0, ...state } as unknown as ClockState,
    now: at(now),
    lastStarted: lastStarted === undefined ? undefined : at(lastStarted),
    isRipe: ({ dueAt }: ScheduleFiring) => dueAt <= new Date(NOON + ripeUntil * MINUTE),
    isAll,
  };
  return Object.fromEntries(judge(firings, evidence).map(({ firing, outcome }) => [firing.id, outcome]));
}

test('what Temporal has not dealt with is left pending, unless it is beyond the catch-up window', () => {
  expect(judged([1, 2, 3], { state: { next: [at(2)] } })).toEqual({ 1: 'missed' });
  const short = { catchupMs: 10 * MINUTE };
  expect(judged([1, 2, 25], { state: { next: [at(1)] }, schedule: short })).toEqual({
    ...{ 1: 'missed', 2: 'missed' },
  });
  expect(judged([1, 2], { state: { next: [] } })).toEqual({ 1: 'missed', 2: 'missed' });
});

test('what fell into a pause is paused', () => {
  const pauses = [{ from: at(2).toISOString(), until: at(4).toISOString() }, { from: at(6).toISOString() }];
  expect(judged([1, 2, 3, 4, 5, 6, 7], { schedule: { pauses } })).toEqual({
    ...{ 1: 'missed', 2: 'paused', 3: 'paused', 4: 'paused', 5: 'missed', 6: 'paused', 7: 'paused' },
  });
});

test('what Temporal was late with when a pause began is paused, unless it has counted it', () => {
  const pauseAfter = (minute: number, ms: number) => ({
    pauses: [{ from: new Date(at(minute).getTime() + ms).toISOString() }],
  });
  expect(judged([1, 2, 3], { schedule: pauseAfter(2, 10_000) })).toEqual({
    ...{ 1: 'missed', 2: 'paused', 3: 'paused' },
  });
  expect(judged([1, 2], { schedule: pauseAfter(2, 10_001) })).toEqual({ 1: 'missed', 2: 'missed' });
  const state = { skipped: 1 };
  expect(judged([1, 2], { schedule: pauseAfter(2, 900), state })).toEqual({ 1: 'skipped', 2: 'paused' });
  expect(judged([2], { schedule: pauseAfter(2, 900), state })).toEqual({ 2: 'skipped' });
  expect(judged([2], { schedule: pauseAfter(2, 900), state: { missed: 1 } })).toEqual({ 2: 'missed' });
  // The newer one was left out, and the older one waited for a run to end.
  const buffers = { ...pauseAfter(2, 900), overlap: 'buffer_one' } as const;
  expect(judged([1, 2], { schedule: buffers, state })).toEqual({ 1: 'paused', 2: 'skipped' });
});

test('the newest are skipped, as many as Temporal has counted since; an outage misses the oldest', () => {
  const state = { skipped: 7, missed: 2 };
  const schedule = { accountedSkips: 4 };
  expect(judged([1, 2, 3, 4, 5], { state, schedule })).toEqual({
    ...{ 1: 'missed', 2: 'missed', 3: 'skipped', 4: 'skipped', 5: 'skipped' },
  });
});

test('one that is not ripe is left pending, though Temporal has counted it', () => {
  const state = { skipped: 3, missed: 2 };
  expect(judged([1, 2, 3, 4, 5], { state, ripeUntil: 3 })).toEqual({
    1: 'missed',
    2: 'missed',
    3: 'skipped',
  });
});

test('one that has just been started, and is not known to be, makes no other one missed', () => {
  expect(judged([1, 2, 3], { state: { skipped: 2 }, ripeUntil: 2 })).toEqual({ 1: 'skipped', 2: 'skipped' });
});

test('of a part of a long outage, as many are missed as Temporal has counted', () => {
  const state = { skipped: 500, missed: 1 };
  expect(judged([1, 2], { state, isAll: false })).toEqual({ 1: 'missed', 2: 'skipped' });
});

test('one that may wait for a run to end is left pending', () => {
  const state = { buffered: 1 };
  expect(judged([1, 2], { state, schedule: { overlap: 'buffer_one' } })).toEqual({ 2: 'missed' });
  expect(judged([1, 2], { state, schedule: { overlap: 'buffer_all' } })).toEqual({ 1: 'missed' });
});

test('what waited for an earlier run when a pause began is paused, unless Temporal has counted it as missed', () => {
  const pauses = [{ from: at(10).toISOString() }];
  const buffers = { overlap: 'buffer_all', pauses } as const;
  expect(judged([1, 2, 3], { schedule: buffers, state: { missed: 1 } })).toEqual({
    ...{ 1: 'missed', 2: 'paused', 3: 'paused' },
  });
  expect(judged([1], { schedule: { pauses } })).toEqual({ 1: 'missed' });
  const over = [{ from: at(1).toISOString(), until: at(2).toISOString() }];
  expect(judged([5], { schedule: { overlap: 'buffer_one', pauses: over } })).toEqual({ 5: 'missed' });
});

test('what waited for the end of a run that it had ended is skipped when a later one took its place', () => {
  const pauses = [{ from: at(20).toISOString() }];
  for (const overlap of ['cancel_other', 'terminate_other'] as const) {
    expect(judged([1, 2, 4], { schedule: { overlap }, state: { missed: 1 }, lastStarted: 3 })).toEqual({
      ...{ 1: 'missed', 2: 'skipped', 4: 'missed' },
    });
    expect(judged([2, 4], { schedule: { overlap, pauses }, lastStarted: 3 })).toEqual({
      2: 'skipped',
      4: 'paused',
    });
    // None of those that fell into the pause takes its place.
    const since = { overlap, pauses: [{ from: at(3).toISOString() }], pauseApplied: true } as const;
    expect(judged([2, 4, 5], { schedule: since, ripeUntil: 4 })).toEqual({ 2: 'paused', 4: 'paused' });
    // The newest waits; which of them took whose place is not known while one of them is new.
    expect(judged([1, 2, 4], { schedule: { overlap }, state: { buffered: 1 } })).toEqual({
      ...{ 1: 'skipped', 2: 'skipped' },
    });
    expect(judged([1, 2, 4], { schedule: { overlap }, state: { missed: 1 }, ripeUntil: 3 })).toEqual({
      1: 'missed',
    });
  }
  expect(judged([2], { schedule: { overlap: 'skip' }, lastStarted: 3 })).toEqual({ 2: 'missed' });
});

test('what fell into a pause is paused before Temporal has dealt with it, once it knows of the pause', () => {
  const pauses = [{ from: at(2).toISOString() }];
  const state = { next: [at(1)] };
  expect(judged([1, 2, 3], { state, schedule: { pauses, pauseApplied: true } })).toEqual({
    ...{ 2: 'paused', 3: 'paused' },
  });
  expect(judged([1, 2, 3], { state, schedule: { pauses, pauseApplied: false } })).toEqual({});
});
