import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CairnClient, Schedule } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { allRuns, judgedUntil, synced } from '../support/schedules.js';
import { waitUntil } from '../support/wait-until.js';

// Real: Temporal's schedules. All of them fire at the same time, each with another policy.
const EVERY_MS = 2_000;
/** Longer than from one firing to the next, and shorter than to the one after. */
const RUN_MS = 3_000;
/** How long they fire. */
const SPAN_MS = 12_000;
/** One of them is edited so often: mostly between the time without jitter and the one with it. */
const EDIT_MS = 700;

const SCHEDULES = {
  skip: { overlap: 'skip' },
  buffer_one: { overlap: 'buffer_one' },
  buffer_all: { overlap: 'buffer_all' },
  allow_all: { overlap: 'allow_all' },
  cancel_other: { overlap: 'cancel_other' },
  terminate_other: { overlap: 'terminate_other' },
  limited: { overlap: 'allow_all', remainingActions: 3 },
  jitter: { overlap: 'allow_all', jitter: '1500ms' },
  edited: { overlap: 'allow_all', jitter: '1500ms' },
} as const;
type Name = keyof typeof SCHEDULES;

interface Story {
  readonly schedule: Schedule;
  /** What came of each time at which it was due, oldest first. */
  readonly outcomes: readonly string[];
  /** How the runs ended, oldest first. */
  readonly endings: readonly string[];
}

async function edit(client: CairnClient, { id, name, workflow }: Schedule, edits: number): Promise<void> {
  await client.updateSchedule(id, {
    ...{ name, workflow, trigger: { label: `${name} ${edits}`, milliseconds: RUN_MS } },
    ...{ options: { bypass: true }, every: `${EVERY_MS}ms`, ...SCHEDULES.edited },
  });
}

let cairn: Cairn;
const stories = new Map<Name, Story>();
beforeAll(async () => {
  cairn = await startCairn({
    catalog: 'policy',
    workerEnv: () => Promise.resolve({ CAIRN_CONCURRENCY: 'default=100' }),
  });
  const { client } = cairn;
  const names = Object.keys(SCHEDULES) as Name[];
  const made = await Promise.all(
    names.map(name =>
      client.createSchedule({
        ...{ name, workflow: 'policy.main', trigger: { label: name, milliseconds: RUN_MS } },
        ...{ options: { bypass: true }, every: `${EVERY_MS}ms`, ...SCHEDULES[name] },
      }),
    ),
  );
  const until = Date.now() + SPAN_MS;
  let edits = 0;
  await waitUntil(
    'they have fired for a while',
    async () => {
      const now = Date.now();
      if (now > until - SPAN_MS + edits * EDIT_MS) await edit(client, made.at(-1)!, (edits += 1));
      return now > until;
    },
    2 * SPAN_MS,
  );
  await Promise.all(made.map(({ id }) => client.pauseSchedule(id)));
  // On a busy machine Temporal may be told a moment later: nothing is started after the end.
  await Promise.all(made.map(({ id }) => synced(client, id)));
  const end = Date.now();
  await Promise.all(
    names.map(async (name, at) => {
      const { id } = made[at]!;
      const firings = await waitUntil(
        `all is known of ${name}`,
        async () => {
          const found = await judgedUntil(client, id, end);
          const { items: open } = await client.listRuns({ scheduleId: id, status: 'running' });
          return open.length === 0 && Date.now() > end + 2 * EVERY_MS && found;
        },
        90_000,
      );
      stories.set(name, {
        schedule: await client.getSchedule(id),
        outcomes: firings.map(({ outcome }) => outcome),
        endings: (await allRuns(client, id)).map(({ status, errorCode = '' }) =>
          `${status} ${errorCode}`.trim(),
        ),
      });
    }),
  );
}, 240_000);
afterAll(() => cairn?.stop());

const story = (name: Name) => stories.get(name)!;
const count = (list: readonly string[], what: string) => list.filter(one => one === what).length;

test.each(Object.keys(SCHEDULES) as Name[])(
  '%s: what came of the firings adds up, and each run is one',
  name => {
    const { schedule, outcomes, endings } = story(name);
    const { due, ...of } = schedule.firings;
    // It goes on to be due while it is paused.
    expect(due).toBe(of.ran + of.skipped + of.missed + of.paused + of.pending);
    expect([of.ran, of.missed]).toEqual([endings.length, 0]);
    expect(count(outcomes, 'ran')).toBe(endings.length);
  },
);

test('skip leaves out what falls into a run', () => {
  const { outcomes, endings } = story('skip');
  expect(count(outcomes, 'skipped')).toBeGreaterThanOrEqual(Math.max(1, endings.length - 1));
  expect(new Set(endings)).toEqual(new Set(['completed']));
});

test('buffer_one keeps one waiting, and leaves out the others', () => {
  const { outcomes, endings } = story('buffer_one');
  expect(count(outcomes, 'skipped')).toBeGreaterThan(0);
  expect(endings.length).toBeGreaterThan(1);
  expect(new Set(endings)).toEqual(new Set(['completed']));
});

test.each(['buffer_all', 'allow_all', 'jitter', 'edited'] as const)('%s starts a run for each', name => {
  const { outcomes, endings } = story(name);
  expect(new Set(outcomes.filter(outcome => outcome !== 'paused'))).toEqual(new Set(['ran']));
  expect(new Set(endings)).toEqual(new Set(['completed']));
});

test.each([
  ['cancel_other', 'cancelled CANCELLED'],
  ['terminate_other', 'failed TERMINATED'],
] as const)('%s ends the run before: %s', (name, ending) => {
  const { endings } = story(name);
  expect(count(endings, ending)).toBeGreaterThan(0);
  // On a busy machine one waits for the end of the run before, and gives way to the next: a run may be over before that.
  expect(new Set([...endings, 'completed'])).toEqual(new Set([ending, 'completed']));
});

test('remaining actions are started, and nothing is due after them', () => {
  const { schedule, outcomes, endings } = story('limited');
  expect(endings).toEqual(['completed', 'completed', 'completed']);
  expect(outcomes).toEqual(['ran', 'ran', 'ran']);
  expect(schedule.remainingActions).toBe(0);
});
