import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCairn, type Cairn } from '../support/cairn.js';
import { startOwnStack, type OwnStack } from '../support/own-stack.js';
import { CATCHUP_MS, tellScheduleStory, type ScheduleStory } from '../support/schedule-story.js';

/** PostgreSQL and Temporal are this test's own: it kills them, with the API and the worker. */
let stack: OwnStack;
let cairn: Cairn;
let story: ScheduleStory;

beforeAll(async () => {
  stack = await startOwnStack();
  cairn = await startCairn({
    env: { DATABASE_URL: stack.databaseUrl, TEMPORAL_ADDRESS: stack.temporalAddress },
  });
  story = await tellScheduleStory(cairn, stack, { runMs: 3_000, pausedMs: 3_000, downMs: 13_000 });
}, 180_000);
afterAll(async () => {
  try {
    await cairn?.stop();
  } finally {
    await stack?.stop();
  }
});

const ms = (text: string) => Date.parse(text);
const timesOf = (outcome: string) =>
  story.firings.filter(firing => firing.outcome === outcome).map(({ dueAt }) => ms(dueAt));

test('every time at which it was due is among its firings, once, and no other', () => {
  expect(story.firings.map(({ dueAt }) => ms(dueAt))).toEqual(story.due);
});

test('what ran, was missed and fell into the pause adds up to what was due', () => {
  const counts = ['ran', 'missed', 'paused', 'skipped'].map(outcome => timesOf(outcome).length);
  expect(counts.reduce((sum, n) => sum + n)).toBe(story.due.length);
  expect(Math.min(...counts.slice(0, 3))).toBeGreaterThan(0);
  const { due, ...of } = story.schedule.firings;
  expect(due).toBe(of.ran + of.missed + of.paused + of.skipped + of.pending);
});

test('each firing that ran has one run, which names the schedule and has completed', () => {
  const ran = story.firings.filter(({ outcome }) => outcome === 'ran');
  expect(story.runs.map(({ id, scheduledFor }) => [id, ms(scheduledFor!)])).toEqual(
    ran.map(({ runId, dueAt }) => [runId, ms(dueAt)]),
  );
  const { id } = story.schedule;
  expect(new Set(story.runs.map(({ scheduleId, status }) => `${scheduleId} ${status}`))).toEqual(
    new Set([`${id} completed`]),
  );
});

test('Temporal has started exactly the workflows of which there are runs', () => {
  expect(story.started).toEqual(timesOf('ran'));
});

test('missed are the firings of the outage that were older than the catch-up window', () => {
  const [from, until] = story.down;
  for (const at of timesOf('missed')) {
    expect(at).toBeGreaterThan(from - 1_000);
    expect(at).toBeLessThan(until - CATCHUP_MS + 1_000);
  }
});

test('paused are the firings of the pause', () => {
  const [from, until] = story.paused;
  const inside = story.due.filter(at => at > from + 500 && at < until - 500);
  const paused = timesOf('paused').filter(at => at < story.down[0]);
  expect(paused).toEqual(expect.arrayContaining(inside));
  for (const at of paused) expect(at > from - 1_000 && at < until + 1_000).toBe(true);
});

test('events tell of each run and of each firing that was missed', () => {
  expect(story.events).toMatchObject({
    'schedule.created': 1,
    'schedule.paused': 2,
    'schedule.resumed': 1,
    'schedule.missed': timesOf('missed').length,
    'schedule.fired': timesOf('ran').length,
  });
});
