import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CairnApiError } from '@cairn/client';
import { Client, Connection, ScheduleNotFoundError } from '@temporalio/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { startOwnStack, type OwnStack } from '../support/own-stack.js';
import { CATCHUP_MS, tellScheduleStory, type ScheduleStory } from '../support/schedule-story.js';
import { waitUntil } from '../support/wait-until.js';

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
}, 300_000);
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
  const { asked, began, endAsked, ended } = story.pause;
  const inside = story.due.filter(at => at > began && at < endAsked);
  const paused = timesOf('paused').filter(at => at < story.down[0]);
  expect(inside.length).toBeGreaterThan(0);
  expect(paused).toEqual(expect.arrayContaining(inside));
  for (const at of paused) expect(at > asked - 1_000 && at < ended + 1_000).toBe(true);
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

describe('beside its clock', () => {
  const HOUR = 3_600_000;
  /** A span with so many whole hours, all over. */
  const hours = (count: number) => {
    const last = Math.floor(Date.now() / HOUR) * HOUR - HOUR;
    return { from: new Date(last - (count - 1) * HOUR).toISOString(), to: new Date(last).toISOString() };
  };
  const hourly = (name: string, more: object = {}) =>
    cairn.client.createSchedule({
      ...{ name, workflow: 'toy.noop', trigger: { value: name }, every: '1h', paused: true },
      ...more,
    });
  const runsOf = (scheduleId: string, count: number) =>
    waitUntil('the runs have ended', async () => {
      const { items } = await cairn.client.listRuns({ scheduleId });
      return items.filter(({ completedAt }) => completedAt !== undefined).length === count && items;
    });
  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => 'it was taken',
      (error: unknown) =>
        error instanceof CairnApiError
          ? [error.code, ...error.errors.map(({ path }) => path)].join(' ')
          : error,
    );

  test('what cannot be is refused when it is made, with the paths of what is wrong', async () => {
    expect(await refusal(hourly('wrong', { trigger: { value: 1 } }))).toBe('VALIDATION_ERROR /value');
    expect(await refusal(hourly('wrong', { workflow: 'no.such' }))).toBe('VALIDATION_ERROR /workflow');
    const times = { every: undefined, cron: ['0 7 * * *', '0 25 * * *'], timeZone: 'Mars/Base' };
    expect(await refusal(hourly('wrong', times))).toBe('VALIDATION_ERROR /cron/1 /timeZone');
    expect(await refusal(hourly('every-two-seconds'))).toBe('CONFLICT');
    const { items } = await cairn.client.listSchedules();
    expect(items.map(({ name }) => name)).toEqual(['every-two-seconds']);
  });

  test('a backfill starts the runs of a span, each for its time, and lists them as such', async () => {
    const { id } = await hourly('backfilled');
    expect(
      await refusal(cairn.client.backfillSchedule(id, { ...hours(3), to: '2999-01-01T00:00:00Z' })),
    ).toBe('VALIDATION_ERROR /to');
    expect(await cairn.client.backfillSchedule(id, hours(3))).toEqual({ firings: 3 });
    const runs = await runsOf(id, 3);
    const { items } = await cairn.client.listFirings(id);
    expect(items.map(({ runId, dueAt }) => [runId, dueAt])).toEqual(
      runs.map(run => [run.id, run.scheduledFor]),
    );
    expect(new Set(items.map(({ outcome, backfilled }) => `${outcome} ${backfilled}`))).toEqual(
      new Set(['ran true']),
    );
    // What was not due by the clock does not count as that.
    expect((await cairn.client.getSchedule(id)).firings.due).toBe(0);
  });

  test('what is wanted of it at the same time is all done: twelve backfills and a resume', async () => {
    // It is not due any more when it is resumed.
    const { id, temporalScheduleId } = await hourly('at-once', { endAt: new Date().toISOString() });
    const hold = (until: string) =>
      cairn.dataSource.query(
        `UPDATE "schedule" SET "heldUntil" = now() + $2::interval, "lookAt" = now() WHERE "id" = $1`,
        [id, until],
      );
    await hold('1 minute');
    const times = Array.from({ length: 12 }, (_, at) => hours(12 - at).from);
    // Temporal may be slow to answer thirteen at once; then nothing is recorded, and the caller is to ask again.
    const backfill = (at: string) =>
      waitUntil(`a backfill of ${at}`, () =>
        cairn.client
          .backfillSchedule(id, { from: at, to: at, overlap: 'allow_all' })
          .catch((error: { code?: string }) => {
            if (error.code !== 'TEMPORAL_UNAVAILABLE') throw error;
            return false as const;
          }),
      );
    await Promise.all([...times.map(backfill), cairn.client.resumeSchedule(id)]);
    expect((await cairn.client.listRuns({ scheduleId: id })).items).toEqual([]);
    await hold('0 s');
    const runs = await runsOf(id, times.length);
    expect(runs.map(({ scheduledFor }) => scheduledFor!).sort()).toEqual(times);
    await waitUntil('Temporal has been told', async () => (await cairn.client.getSchedule(id)).synced);
    const connection = await Connection.connect({ address: stack.temporalAddress });
    try {
      const handle = new Client({ connection }).schedule.getHandle(temporalScheduleId);
      expect((await handle.describe()).state.paused).toBe(false);
    } finally {
      await connection.close();
    }
  });

  test.each([
    ['its trigger breaks a rule by now', `"trigger" = '{"value": 1}'`, 'VALIDATION_ERROR'],
    ['its workflow is not offered any more', `"workflowName" = 'toy.gone'`, 'WORKFLOW_UNKNOWN'],
  ])('a run that can never start is recorded and has failed: %s', async (what, change, errorCode) => {
    const { id } = await hourly(errorCode.toLowerCase());
    await cairn.dataSource.query(`UPDATE "schedule" SET ${change} WHERE "id" = $1`, [id]);
    await cairn.client.backfillSchedule(id, hours(1));
    const [run] = await runsOf(id, 1);
    expect([what, run]).toEqual([
      what,
      expect.objectContaining({ status: 'failed', errorCode, scheduleId: id }),
    ]);
  });

  test('a workflow that is terminated before it has recorded its run leaves one that was terminated', async () => {
    await cairn.worker.end('SIGKILL');
    const { id } = await cairn.client.createSchedule({
      ...{
        name: 'terminated',
        workflow: 'toy.noop',
        trigger: { value: '' },
        every: '1s',
        remainingActions: 1,
      },
    });
    const connection = await Connection.connect({ address: stack.temporalAddress });
    try {
      const client = new Client({ connection });
      const { temporalScheduleId } = await cairn.client.getSchedule(id);
      const query = `TemporalScheduledById = '${temporalScheduleId}'`;
      await waitUntil('Temporal has started one', async () => {
        for await (const { workflowId } of client.workflow.list({ query })) {
          await client.workflow.getHandle(workflowId).terminate('by an operator');
          return true;
        }
        return false;
      });
    } finally {
      await connection.close();
    }
    const [run] = await runsOf(id, 1);
    await cairn.worker.start();
    expect(run).toMatchObject({ status: 'failed', errorCode: 'TERMINATED', scheduleId: id });
    const firings = await waitUntil('nothing is due after it', async () => {
      const { items } = await cairn.client.listFirings(id);
      return items.every(({ outcome }) => outcome !== 'pending') && items;
    });
    expect(firings.map(({ outcome, runId }) => [outcome, runId])).toEqual([['ran', run!.id]]);
  });

  test('a run that is triggered names the schedule, and is none of its firings', async () => {
    const { id } = await hourly('triggered');
    const { run } = await cairn.client.triggerSchedule(id, { idempotencyKey: 'now' });
    expect((await cairn.client.triggerSchedule(id, { idempotencyKey: 'now' })).run.id).toBe(run.id);
    const [ended] = await runsOf(id, 1);
    expect(ended).toMatchObject({ id: run.id, status: 'completed', scheduleId: id });
    expect(ended!.scheduledFor).toBeUndefined();
    expect((await cairn.client.listFirings(id)).items).toEqual([]);
  });

  test('a new definition is what Temporal has; a pause in its own UI is taken over; deleted it is gone', async () => {
    const { id, name, workflow, trigger, temporalScheduleId } = await hourly('changing', { paused: false });
    const changed = await cairn.client.updateSchedule(id, {
      ...{ name, workflow, trigger, cron: ['30 7 * * *'], timeZone: 'Europe/Berlin', jitter: '1s' },
    });
    expect(changed).toMatchObject({ revision: 2, paused: false });
    await waitUntil('Temporal has it', async () => (await cairn.client.getSchedule(id)).synced);
    const connection = await Connection.connect({ address: stack.temporalAddress });
    try {
      const handle = new Client({ connection }).schedule.getHandle(temporalScheduleId);
      const { spec } = await handle.describe();
      expect(spec).toMatchObject({ timezone: 'Europe/Berlin', jitter: 1_000, intervals: [] });
      expect(spec.calendars).toMatchObject([{ hour: [{ start: 7 }], minute: [{ start: 30 }] }]);
      await handle.pause('by an operator');
      // Its turn would come within a minute.
      await cairn.dataSource.query(`UPDATE "schedule" SET "lookAt" = now() WHERE "id" = $1`, [id]);
      const seen = await waitUntil('the pause is seen', async () => {
        const schedule = await cairn.client.getSchedule(id);
        return schedule.paused && schedule;
      });
      expect(seen.note).toBe('by an operator');
      await cairn.client.deleteSchedule(id);
      expect(await refusal(cairn.client.getSchedule(id))).toBe('NOT_FOUND');
      await waitUntil('Temporal has forgotten it', () =>
        handle.describe().then(
          () => false,
          (error: unknown) => error instanceof ScheduleNotFoundError,
        ),
      );
    } finally {
      await connection.close();
    }
  });

  test("another tenant's schedule is one that does not exist", async () => {
    const { id } = await hourly('foreign');
    await cairn.dataSource.query(`UPDATE "schedule" SET "tenantId" = 'other' WHERE "id" = $1`, [id]);
    const { client } = cairn;
    for (const call of [
      client.getSchedule(id),
      client.pauseSchedule(id),
      client.triggerSchedule(id),
      client.listFirings(id),
      client.backfillSchedule(id, hours(1)),
      client.deleteSchedule(id),
    ])
      expect(await refusal(call)).toBe('NOT_FOUND');
    const [row] = await cairn.dataSource.query(`DELETE FROM "schedule" WHERE "id" = $1 RETURNING "paused"`, [
      id,
    ]);
    expect(row).toEqual([{ paused: true }]);
  });
});
