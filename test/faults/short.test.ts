import { expect, test } from '@jest/globals';
import { runFaults } from './run-faults.js';
import { logsFolder, seedFrom } from './seed.js';

/** Two turns of all kinds of faults; with what comes before and after, about a minute. */
const FAULTS_MS = 30_000;
const say = (line: string) => process.stdout.write(`${line}\n`);

test('kills of worker, API, PostgreSQL and Temporal and a full disk, under load: all that was accepted ends', async () => {
  const seed = seedFrom(process.env);
  const { faults, diskLeftOut, problems, report } = await runFaults({
    durationMs: FAULTS_MS,
    seed,
    stack: 'dev',
    logsTo: logsFolder(seed),
    say,
  });
  say(report);
  const expected = ['api', 'postgres', 'temporal', 'worker', ...(diskLeftOut === undefined ? ['disk'] : [])];
  expect([...new Set(faults.map(({ kind }) => kind))].sort()).toEqual(expected.sort());
  // A machine may forbid it, but none that is there to look at all of this.
  if (process.env['CI'] && process.getuid?.() === 0) expect(diskLeftOut).toBeUndefined();
  expect(problems).toEqual([]);
}, 400_000);
