/**
 * A program: a steady load on a whole installation, and what its parts use meanwhile. `--minutes N` for another time
 * than an hour, `--to FOLDER` for where `soak.csv` and `soak.svg` go. Ends with 0 only if every run came out as
 * meant, no part ended, and what Cairn's programs use is flat over the last half.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seeded } from '../faults/random.js';
import { REPOSITORY } from '../support/campaign.js';
import { startCluster } from '../support/cluster/cluster.js';
import { followEvents } from './followers.js';
import { beginLoad } from './load.js';
import { plotOf } from './plot.js';
import { sampleInto } from './sampling.js';
import { tableOf, trendsOf } from './verdict.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    to: { type: 'string', default: join(REPOSITORY, '.cairn', 'soak') },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new RangeError(`--minutes ${values.minutes}: it must be a number above 0`);
const to = resolve(process.env['INIT_CWD'] ?? '.', values.to);
const EVERY_MS = 10_000;
/** Caches and pools fill up first: what a shorter time shows says nothing. Minutes. */
const JUDGED_FROM = 30;

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());

const heaps = mkdtempSync(join(tmpdir(), 'cairn-heaps-'));
const cluster = await startCluster({
  env: {
    CAIRN_CATALOG: join(REPOSITORY, 'test/soak/catalog.json'),
    CAIRN_LOG_LEVEL: 'warn',
    // As it is after days: what nobody needs is removed all the time.
    CAIRN_COLLECT_EVERY: '5m',
    CAIRN_SOAK_HEAP: heaps,
    NODE_OPTIONS: `--import ${new URL('./heap-reporter.js', import.meta.url).href}`,
  },
  say: console.log,
});
try {
  mkdirSync(to, { recursive: true });
  const csv = join(to, 'soak.csv');
  const load = beginLoad(cluster.clients, seeded(1));
  const followers = followEvents(cluster.clients, seeded(2));
  const sampling = sampleInto(csv, cluster, load, { heaps, everyMs: EVERY_MS });
  console.log(`load for ${minutes} minutes; measured into ${csv}`);
  await delay(minutes * 60_000, undefined, { signal: stopping.signal }).catch(() => undefined);
  await sampling.stop();
  await load.stop();
  await followers.stop();
  const { started, completed, wrong, executed, hits, leftOut } = load.counts;
  const title = `${minutes} minutes, ${started} runs: ${executed} steps executed, ${hits} from the cache`;
  const svg = join(to, 'soak.svg');
  writeFileSync(svg, plotOf(sampling.samples, title));
  const trends = trendsOf(sampling.samples);
  console.log(`\n${tableOf(trends)}\n`);
  console.log(
    `${started} runs started, ${completed} ended as meant, ${wrong} otherwise; ${leftOut} beats left out`,
  );
  console.log(`${executed} steps executed, ${hits} from the cache; followers saw ${followers.seen} events`);
  const bad = [...sampling.failures, ...load.failures, ...followers.wrong];
  for (const line of bad.slice(0, 20)) console.log(`WRONG: ${line}`);
  console.log(`${csv}\n${svg}`);
  const rising = trends.filter(({ flat }) => !flat);
  const judged = minutes >= JUDGED_FROM && !stopping.signal.aborted;
  if (!judged) console.log(`No verdict: that takes ${JUDGED_FROM} minutes.`);
  else if (rising.length === 0) console.log('Flat.');
  else console.log(`NOT FLAT: ${rising.map(({ measure, part }) => `${measure} of ${part}`).join(', ')}`);
  process.exitCode =
    wrong > 0 || bad.length > 0 || completed < started || (judged && rising.length > 0) ? 1 : 0;
} finally {
  await cluster.stop();
  rmSync(heaps, { recursive: true, force: true });
}
