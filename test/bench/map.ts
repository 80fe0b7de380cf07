import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { startCairn, temporalAddress } from '../support/cairn.js';
import { startByHand } from './by-hand/starter.js';
import { inTurn, millisecondsOf } from './in-turn.js';
import { median, print, ratios } from './report.js';
import { residentMiB } from './resident.js';

/** A map of 2,000 items, 100 at once, against the same written by hand; and what it does to the worker's memory. */
const COUNT = 2_000;
const PARALLEL = 100;
const SLOTS = { CAIRN_CONCURRENCY: `default=${PARALLEL}` };
/** Milliseconds that an item waits, as for a service. */
const PAUSES = [0, 1_000, 2_000];

const connection = await Connection.connect({ address: temporalAddress() });
const temporal = new Client({ connection });
const [cairn, byHand] = await Promise.all([
  startCairn({ catalog: 'bench', workerEnv: () => Promise.resolve(SLOTS) }),
  startByHand(temporal, PARALLEL),
]);
const ended = (workflowId: string) => temporal.workflow.getHandle(workflowId).result();

async function ours(value: string, pause: number): Promise<void> {
  const { run } = await cairn.client.startRun({
    workflow: 'bench.items',
    trigger: { value, pause, count: COUNT },
  });
  await ended(run.temporalWorkflowId);
}
const theirs = async (value: string, pause: number) =>
  ended(await byHand.startItems({ value, pause, count: COUNT, parallel: PARALLEL }));

async function executed(pause: number): Promise<void> {
  const samples = await inTurn(
    { rounds: 3, warmUp: pause === 0 ? 1 : 0 },
    () => millisecondsOf(() => ours(randomUUID(), pause)),
    () => millisecondsOf(() => theirs(randomUUID(), pause)),
  );
  print({
    benchmark: `map/executed-${pause}ms`,
    rounds: samples.ours.length,
    samples: {
      'Cairn (ms an item)': samples.ours.map(ms => ms / COUNT),
      'by hand (ms an item)': samples.theirs.map(ms => ms / COUNT),
      ratio: ratios(samples.ours, samples.theirs),
    },
    targets: [{ figure: 'ratio at p50', value: median(samples.ours) / median(samples.theirs), atMost: 1.25 }],
  });
}

async function cached(): Promise<void> {
  const value = randomUUID();
  const first = await millisecondsOf(() => ours(value, 0));
  const again = [];
  for (let round = 0; round < 3; round += 1) again.push(await millisecondsOf(() => ours(value, 0)));
  print({
    benchmark: 'map/cached',
    rounds: again.length,
    samples: { 'executed (ms)': [first], 'all cached (ms)': again },
    targets: [{ figure: 'ratio of all cached to executed', value: median(again) / first, atMost: 0.2 }],
  });
}

/** The worker's memory when 500 items have ended, and when all have, of a run that comes after others. */
async function memory(): Promise<void> {
  const { run } = await cairn.client.startRun({
    workflow: 'bench.items',
    trigger: { value: randomUUID(), pause: 0, count: COUNT },
  });
  const samples: { done: number; mib: number }[] = [];
  const over = ended(run.temporalWorkflowId).then(() => true);
  while (!(await Promise.race([over, new Promise<false>(resolve => setTimeout(resolve, 250, false))]))) {
    const { steps } = await cairn.client.getRun(run.id);
    const done = steps.find(({ stepId }) => stepId === 'pages')?.items?.done ?? 0;
    samples.push({ done, mib: residentMiB(cairn.worker.pid!) });
  }
  const near = (from: number, to: number) =>
    samples.filter(({ done }) => done >= from && done < to).map(({ mib }) => mib);
  const early = near(400, 700);
  const late = near(1_700, COUNT + 1);
  print({
    benchmark: 'map/memory',
    rounds: 1,
    samples: { 'worker at about 500 items (MiB)': early, 'worker at about 2,000 items (MiB)': late },
    targets: [{ figure: 'growth from 500 to 2,000, MiB', value: median(late) - median(early), atMost: 32 }],
  });
}

try {
  for (const pause of PAUSES) await executed(pause);
  await cached();
  await memory();
} finally {
  await Promise.all([cairn.stop(), byHand.stop()]);
  await connection.close();
}
