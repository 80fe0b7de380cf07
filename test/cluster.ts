/**
 * A program: a whole installation as separate processes, until it is told to end. `--apis N` and `--workers N` for
 * other numbers than two.
 */
import { parseArgs } from 'node:util';
import { startCluster, type Cluster } from './support/cluster/cluster.js';

const { values } = parseArgs({
  options: { apis: { type: 'string', default: '2' }, workers: { type: 'string', default: '2' } },
});
const ended = new Promise<void>(resolve => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve());
});

/** What there is, with what kills each part. */
function tell({ home, urls, apis, workers, servers, env }: Cluster): void {
  const rows = [
    ...Object.entries(servers).map(([name, { pid }]) => [name, pid, '']),
    ...apis.map(({ pid }, index) => [`api ${index + 1}`, pid, `${urls[index]}/docs`]),
    ...workers.map(({ pid }, index) => [`worker ${index + 1}`, pid, '']),
  ];
  console.log(`\n${'part'.padEnd(12)}${'process'.padEnd(10)}`);
  for (const [name, pid, where] of rows)
    console.log(`${String(name).padEnd(12)}${String(pid).padEnd(10)}${where}`);
  const shown = Object.entries(env).filter(([name]) => /^(DATABASE|TEMPORAL|CAIRN_ARTIFACTS|AWS)/.test(name));
  console.log(`\n${shown.map(([name, value]) => `${name}=${value}`).join('\n')}`);
  console.log(`logs in ${home}\n\nCtrl-C ends everything.`);
}

const cluster = await startCluster({
  apis: Number(values.apis),
  workers: Number(values.workers),
  say: console.log,
});
try {
  tell(cluster);
  await ended;
} finally {
  await cluster.stop();
}
