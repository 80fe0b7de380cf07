import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Schedule } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { allRuns, judgedUntil } from '../support/schedules.js';
import { waitUntil } from '../support/wait-until.js';

// Real: Temporal's schedules. A time without jitter may lie before a schedule begins to count, or goes on, or is edited, and
// the time with it after that: it is due, and it runs.
const EVERY_MS = 6_000;
/** So many, each with its own jitter, begin in one moment. Most of them have such a time then. */
const SCHEDULES = 8;
/** After the time without jitter. */
const SOON_MS = 800;
const DEFINITION = { every: `${EVERY_MS}ms`, jitter: '5s', overlap: 'allow_all' } as const;

let cairn: Cairn;
beforeAll(async () => {
  cairn = await startCairn({
    catalog: 'policy',
    workerEnv: () => Promise.resolve({ CAIRN_CONCURRENCY: 'default=100' }),
  });
});
afterAll(() => cairn?.stop());

const reached = (at: number) => waitUntil('that time', () => Promise.resolve(Date.now() >= at), 30_000);
const wanted = (name: string, label: string) => ({
  ...{ name, workflow: 'policy.main', trigger: { label, milliseconds: 1 } },
  ...{ options: { bypass: true }, ...DEFINITION },
});

const accountOf = ({ id, name }: Schedule, end: number) =>
  waitUntil(`all is known of ${name}`, () => judgedUntil(cairn.client, id, end), 60_000);
const isIn = ({ from, until }: { from: number; until: number }, time: string) =>
  Date.parse(time) >= from && Date.parse(time) <= until;
/** How many runs were started for times until then, which may be several for one time. */
async function completedOf({ id }: Schedule, end: number): Promise<number> {
  const runs = await allRuns(cairn.client, id);
  return runs.filter(
    ({ status, scheduledFor }) => status === 'completed' && Date.parse(scheduledFor ?? '') <= end,
  ).length;
}

test('what is due with jitter runs: after a creation and an edit, and after an edit in a pause and a resume', async () => {
  const { client } = cairn;
  const names = Array.from({ length: SCHEDULES }, (_, at) => `edited-${at}`);
  const beginning = Math.ceil(Date.now() / EVERY_MS) * EVERY_MS;
  await reached(beginning + SOON_MS);
  const made = await Promise.all(names.map(name => client.createSchedule(wanted(name, 'made'))));
  await Promise.all(made.map(({ id, name }) => client.updateSchedule(id, wanted(name, 'edited'))));
  // All that is due in the second span has run: nothing is due in the last second.
  await reached(beginning + 2 * EVERY_MS - 800);
  const from = Date.now();
  await Promise.all(made.map(({ id }) => client.pauseSchedule(id)));
  await Promise.all(made.map(({ id, name }) => client.updateSchedule(id, wanted(name, 'edited in a pause'))));
  await reached(beginning + 2 * EVERY_MS + SOON_MS);
  await Promise.all(made.map(({ id }) => client.resumeSchedule(id)));
  const paused = { from, until: Date.now() };
  await Promise.all(made.map(({ id, name }) => client.updateSchedule(id, wanted(name, 'edited once more'))));
  // As no time with jitter lies beyond the next one without, what is due before then is for a time before then.
  const end = beginning + 4 * EVERY_MS - 1;
  const firings = await Promise.all(made.map(schedule => accountOf(schedule, end)));
  const ran = firings.map(each => each.filter(({ outcome }) => outcome === 'ran').length);
  expect(await Promise.all(made.map(schedule => completedOf(schedule, end)))).toEqual(ran);
  // A pause was in force until the resume only; what was due before the schedules were made is not told of.
  const others = firings.flat().filter(({ outcome }) => outcome !== 'ran');
  expect(others.filter(({ outcome, dueAt }) => outcome !== 'paused' || !isIn(paused, dueAt))).toEqual([]);
}, 120_000);
