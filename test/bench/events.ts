import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createCairnClient } from '@cairn/client';
import { createDataSource, repositories } from '@cairn/dao';
import { createTestDatabase } from '@cairn/dao/testing';
import { Program } from '../support/cairn.js';
import { TENANT } from '../support/event-crowd/plan.js';
import { startCrowd } from '../support/event-crowd/start-crowd.js';
import { waitUntil } from '../support/wait-until.js';
import { inTurn } from './in-turn.js';
import { median, print, ratios } from './report.js';

/**
 * How soon a follower has what was committed, on a stack with nothing else to do; and what followers cost those who
 * write. Everything goes over HTTP from an API in a process of its own; writers have a process too, followers are here.
 */
const SAMPLES = 500;
const FOLLOWERS = 5;
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const home = await mkdtemp(join(tmpdir(), 'cairn-bench-events-'));
const database = await createTestDatabase();
const api = new Program(
  'api',
  REPOSITORY,
  {
    CAIRN_HOME: home,
    CAIRN_PORT: '0',
    CAIRN_LOG_LEVEL: 'info',
    DATABASE_URL: database.url,
    // Events need no Temporal; nothing listens on the discard port.
    TEMPORAL_ADDRESS: '127.0.0.1:9',
  },
  join(home, 'api.log'),
);
const { url } = await api.start();
const cairn = createCairnClient({ baseUrl: url! });
const dataSource = await createDataSource({ url: database.url, poolSize: 2 }).initialize();
const { events, eventLog } = repositories(dataSource);

/** Milliseconds from a commit's answer to the event in the hands of a follower. */
async function latencies(): Promise<readonly number[]> {
  const committed: number[] = [];
  const samples: number[] = [];
  const leaving = new AbortController();
  const following = (async () => {
    const types = ['cache.evicted'];
    for await (const item of cairn.followEvents({ after: 0, types, signal: leaving.signal })) {
      const now = performance.now();
      if (item.kind === 'event') samples.push(now - (committed[samples.length] ?? now));
      if (samples.length === SAMPLES) return;
    }
  })();
  await waitUntil('the follower has begun', async () => (await eventLog.lag()).unsequenced === 0);
  for (let n = 0; n < SAMPLES; n += 1) {
    await events.append([{ tenantId: TENANT, type: 'cache.evicted', data: { evicted: n, filter: {} } }]);
    committed.push(performance.now());
    // Neither in step with the sequencer's looks nor always soon after another event.
    await delay(5 + Math.random() * (n % 10 === 0 ? 1_000 : 60));
  }
  await following;
  leaving.abort();
  return samples;
}

let seed = 0;
/** Events by second that twelve writers commit. */
async function throughput(followers: number, mixed: boolean): Promise<number> {
  const leaving = new AbortController();
  const all = Array.from({ length: followers }, async () => {
    try {
      for await (const _ of cairn.followEvents({ signal: leaving.signal }));
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    }
  });
  const size = mixed ? 4_000 : 10_000;
  const plan = { databaseUrl: database.url, writers: 12, events: size, seed: (seed += 100), mixed };
  const { milliseconds } = await (await startCrowd(plan)).begin();
  leaving.abort();
  await Promise.all(all);
  await waitUntil('all have their places', async () => (await eventLog.lag()).unsequenced === 0);
  return (size / milliseconds) * 1_000;
}

/** The value below which 99 of 100 lie. */
const p99 = (sample: readonly number[]) =>
  [...sample].sort((a, b) => a - b)[Math.ceil(sample.length * 0.99) - 1]!;

try {
  const samples = await latencies();
  print({
    benchmark: 'events/latency',
    rounds: samples.length,
    samples: { 'commit to follower (ms)': samples },
    targets: [{ figure: 'commit to follower, p99 (ms)', value: p99(samples), atMost: 250 }],
  });
  for (const [name, mixed] of [
    ['as fast as they can', false],
    ['transactions that take their time', true],
  ] as const) {
    const { ours, theirs } = await inTurn(
      { rounds: 5, warmUp: 1 },
      () => throughput(FOLLOWERS, mixed),
      () => throughput(0, mixed),
    );
    print({
      benchmark: `events/writers, ${name}`,
      rounds: ours.length,
      samples: {
        [`with ${FOLLOWERS} followers (events/s)`]: ours,
        'with none (events/s)': theirs,
        'with / without': ratios(ours, theirs),
      },
      targets: [
        { figure: 'with / without', value: median(ratios(ours, theirs)), atLeast: mixed ? 0.8 : 0.5 },
      ],
    });
  }
} finally {
  await dataSource.destroy();
  await api.end();
  await database.drop();
  await rm(home, { recursive: true, force: true });
}
