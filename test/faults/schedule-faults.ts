/**
 * A program: a schedule every two seconds, over a minute in which it is paused, and a minute in which PostgreSQL,
 * Temporal, the API and the worker are dead. Prints what came of its firings; ends with 0 only if they add up.
 */
import { startCairn } from '../support/cairn.js';
import { startOwnStack } from '../support/own-stack.js';
import { tellScheduleStory } from '../support/schedule-story.js';

const MINUTE = 60_000;
const stack = await startOwnStack();
try {
  // What tests of `npm test` share is this program's own.
  process.env['CAIRN_TEST_DATABASE_URL'] = stack.databaseUrl;
  process.env['CAIRN_TEST_TEMPORAL_ADDRESS'] = stack.temporalAddress;
  const env = { DATABASE_URL: stack.databaseUrl, TEMPORAL_ADDRESS: stack.temporalAddress };
  const cairn = await startCairn({ env });
  try {
    const lengths = { runMs: MINUTE / 2, pausedMs: MINUTE, downMs: MINUTE };
    const { due, firings, runs, started, schedule } = await tellScheduleStory(cairn, stack, lengths);
    const of = (outcome: string) => firings.filter(firing => firing.outcome === outcome).length;
    const counts = { ran: of('ran'), missed: of('missed'), skipped: of('skipped'), paused: of('paused') };
    const sum = Object.values(counts).reduce((all, n) => all + n, 0);
    const same =
      JSON.stringify(firings.map(({ dueAt }) => Date.parse(dueAt))) === JSON.stringify(due) &&
      sum === due.length &&
      runs.length === counts.ran &&
      new Set(runs.map(({ scheduledFor }) => scheduledFor)).size === runs.length &&
      started.length === counts.ran;
    console.log({ due: due.length, ...counts, sum, runs: runs.length, workflows: started.length, same });
    console.log('the schedule says', schedule.firings);
    process.exitCode = same ? 0 : 1;
  } finally {
    await cairn.stop();
  }
} finally {
  await stack.stop();
}
