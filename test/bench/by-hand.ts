import { randomUUID } from 'node:crypto';
import { STEPS } from '../fixtures/bench-workflows/levels.js';
import { startContenders, type Contender } from './contenders.js';
import { countEvents } from './history.js';
import { inTurn, millisecondsOf } from './in-turn.js';
import { median, print, ratios } from './report.js';

/** Cairn against the same pipeline written by hand: nine steps on five levels that do nothing and write 1 KB each. */
const PAUSE = 200;
/** Runs at once, and runs in all of one round, when throughput is measured. */
const AT_ONCE = 20;
const RUNS = 100;

const { cairn, byHand, temporal, stop } = await startContenders();

/** A run of something that nobody has seen: all is executed. */
const fresh = (contender: Contender, pause?: number) => () =>
  millisecondsOf(() => contender.run(randomUUID(), pause));

async function executed(): Promise<void> {
  const { ours, theirs } = await inTurn({ rounds: 60, warmUp: 10 }, fresh(cairn), fresh(byHand));
  print({
    benchmark: 'by-hand/executed',
    rounds: ours.length,
    samples: { 'Cairn (ms)': ours, 'by hand (ms)': theirs, ratio: ratios(ours, theirs) },
    targets: [
      { figure: 'added cost a step, ms at p50', value: (median(ours) - median(theirs)) / STEPS, atMost: 10 },
    ],
  });
}

async function executedSlowly(): Promise<void> {
  const { ours, theirs } = await inTurn({ rounds: 15, warmUp: 1 }, fresh(cairn, PAUSE), fresh(byHand, PAUSE));
  print({
    benchmark: `by-hand/executed-${PAUSE}ms`,
    rounds: ours.length,
    samples: { 'Cairn (ms)': ours, 'by hand (ms)': theirs, ratio: ratios(ours, theirs) },
    targets: [{ figure: 'ratio at p50', value: median(ours) / median(theirs), atMost: 1.15 }],
  });
}

async function cached(): Promise<void> {
  await cairn.run('seen');
  const { ours, theirs } = await inTurn(
    { rounds: 60, warmUp: 10 },
    () => millisecondsOf(() => cairn.run('seen')),
    fresh(byHand),
  );
  const { events, workflowTasks } = await countEvents(temporal, await cairn.run('seen'));
  print({
    benchmark: 'by-hand/cached',
    rounds: ours.length,
    samples: {
      'Cairn, all cached (ms)': ours,
      'by hand, executed (ms)': theirs,
      ratio: ratios(ours, theirs),
    },
    targets: [
      { figure: 'ratio at p50', value: median(ours) / median(theirs), atMost: 0.5 },
      { figure: 'workflow tasks of a cached run', value: workflowTasks, atMost: 1 },
      { figure: 'history events of a cached run', value: events, atMost: 20 },
    ],
  });
}

async function throughput(): Promise<void> {
  await cairn.run('seen');
  const { ours, theirs } = await inTurn(
    { rounds: 5, warmUp: 1 },
    () => runsPerSecond(() => cairn.run('seen')),
    () => runsPerSecond(() => byHand.run(randomUUID())),
  );
  print({
    benchmark: 'by-hand/cached-throughput',
    rounds: ours.length,
    samples: {
      'Cairn, all cached (runs/s)': ours,
      'by hand, executed (runs/s)': theirs,
      ratio: ratios(ours, theirs),
    },
    targets: [{ figure: 'ratio at p50', value: median(ours) / median(theirs), atLeast: 3 }],
  });
}

/** Keeps {@link AT_ONCE} runs in flight until {@link RUNS} have ended. */
async function runsPerSecond(run: () => Promise<unknown>): Promise<number> {
  let left = RUNS;
  const lane = async () => {
    while (left-- > 0) await run();
  };
  const taken = await millisecondsOf(() => Promise.all(Array.from({ length: AT_ONCE }, lane)));
  return RUNS / (taken / 1_000);
}

try {
  await executed();
  await executedSlowly();
  await cached();
  await throughput();
} finally {
  await stop();
}
