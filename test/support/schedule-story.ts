import { setTimeout as delay } from 'node:timers/promises';
import type { CairnClient, Firing, RunSummary, Schedule } from '@cairn/client';
import { Client, Connection } from '@temporalio/client';
import type { Cairn } from './cairn.js';
import type { OwnStack } from './own-stack.js';
import { allPages, allRuns, judgedUntil, synced } from './schedules.js';
import { waitUntil } from './wait-until.js';

export interface StoryLengths {
  /** Between the start, the pause and the end of everything. Milliseconds. */
  readonly runMs: number;
  readonly pausedMs: number;
  /** From the kill of everything until it is started again. Milliseconds. */
  readonly downMs: number;
}

/** All that there is to know of a schedule after what has happened to it; times are milliseconds since 1970. */
export interface ScheduleStory {
  readonly schedule: Schedule;
  /** By the interval alone: what was due from the schedule's creation until the end of the story. */
  readonly due: readonly number[];
  /** Earliest first. */
  readonly firings: readonly Firing[];
  readonly runs: readonly RunSummary[];
  /** For which times Temporal has started a workflow. */
  readonly started: readonly number[];
  /** How many events there are of each type. */
  readonly events: Readonly<Record<string, number>>;
  /** When the pause and its end were asked for, and when each of them was there. */
  readonly pause: {
    readonly asked: number;
    readonly began: number;
    readonly endAsked: number;
    readonly ended: number;
  };
  readonly down: readonly [from: number, until: number];
}

export const EVERY_MS = 2_000;
/** As short as it may be. */
export const CATCHUP_MS = 10_000;
/** A firing is judged after seconds. */
const JUDGED_WITHIN_MS = 60_000;

/**
 * Has a schedule fire every two seconds, pauses it, kills PostgreSQL, Temporal, the API and the worker, starts all of
 * them again, pauses it for good, and tells what came of it.
 */
export async function tellScheduleStory(
  cairn: Cairn,
  stack: OwnStack,
  { runMs, pausedMs, downMs }: StoryLengths,
): Promise<ScheduleStory> {
  const { client } = cairn;
  const { id, createdAt } = await client.createSchedule({
    ...{ name: 'every-two-seconds', workflow: 'toy.noop', trigger: { value: 'again and again' } },
    ...{ every: `${EVERY_MS}ms`, catchupWindow: `${CATCHUP_MS}ms` },
  });
  await delay(runMs);
  const asked = Date.now();
  await client.pauseSchedule(id, 'for a while');
  await synced(client, id);
  const began = Date.now();
  await delay(pausedMs);
  const endAsked = Date.now();
  await client.resumeSchedule(id);
  await synced(client, id);
  const ended = Date.now();
  await delay(runMs);

  const downFrom = Date.now();
  await Promise.all([cairn.api.end('SIGKILL'), cairn.worker.end('SIGKILL'), stack.kill()]);
  await delay(downMs);
  await stack.restart();
  await Promise.all([cairn.api.start(), cairn.worker.start()]);
  const downUntil = Date.now();
  await waitUntil('it fires again', async () => {
    const [newest] = (await client.listRuns({ scheduleId: id, limit: 1 })).items;
    return newest !== undefined && Date.parse(newest.scheduledFor!) > downUntil;
  });

  await client.pauseSchedule(id, 'for good');
  // So soon after the outage Temporal may be told a moment later: nothing is started after the end.
  await synced(client, id);
  const end = Date.now();
  const firings = await waitUntil(
    'every firing is judged, and every run has ended',
    async () => {
      const judged = await judgedUntil(client, id, end);
      const { items: open } = await client.listRuns({ scheduleId: id, status: 'running' });
      return open.length === 0 && Date.now() > end + EVERY_MS && judged;
    },
    JUDGED_WITHIN_MS,
  );
  const until = (time: number) => time <= end;
  return {
    schedule: await client.getSchedule(id),
    due: multiplesBetween(Date.parse(createdAt), end),
    firings,
    runs: (await allRuns(client, id)).filter(({ scheduledFor }) => until(Date.parse(scheduledFor!))),
    started: (await startedTimes(stack, id)).filter(until),
    events: await countEvents(client, id),
    pause: { asked, began, endAsked, ended },
    down: [downFrom, downUntil],
  };
}

function multiplesBetween(after: number, until: number): readonly number[] {
  const first = Math.floor(after / EVERY_MS) + 1;
  const last = Math.floor(until / EVERY_MS);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * EVERY_MS);
}

async function countEvents(client: CairnClient, scheduleId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const events = await allPages(cursor => client.listEvents({ limit: 200, cursor }));
  for (const { type, data } of events)
    if ((data as { scheduleId?: unknown }).scheduleId === scheduleId && type.startsWith('schedule.'))
      counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** Asks Temporal itself. */
async function startedTimes({ temporalAddress }: OwnStack, id: string): Promise<readonly number[]> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const times: number[] = [];
    const query = `TemporalScheduledById = 'cairn-local-${id}'`;
    for await (const { searchAttributes } of new Client({ connection }).workflow.list({ query }))
      times.push(...(searchAttributes['TemporalScheduledStartTime'] ?? []).map(Number));
    return times.sort((a, b) => a - b);
  } finally {
    await connection.close();
  }
}
