import { parentPort, workerData } from 'node:worker_threads';
import { createDataSource, repositories } from '@cairn/dao';
import type { LeaseOrder, LeaseNews, LeaseSettings } from './lease-keeper.js';

/** The thread of {@link LeaseKeeper}: renews, and says which leases are lost. */
const { databaseUrl, leaseMs } = workerData as LeaseSettings;
const port = parentPort!;
const renewEveryMs = leaseMs / 3;
/** How late a lease's own end may be noticed. */
const LOOK_EVERY_MS = Math.min(250, leaseMs / 10);

/** Until when each generation is held, on this machine's monotonic clock. */
const until = new Map<number, bigint>();
const dataSource = createDataSource({
  url: databaseUrl,
  applicationName: 'cairn-leases',
  poolSize: 1,
  connectTimeoutMs: renewEveryMs,
  // A connection that hangs must not cost the renewals that a new one could still make.
  queryTimeoutMs: renewEveryMs,
});

port.on('message', (order: LeaseOrder) => {
  if (order.kind === 'keep') until.set(order.generation, order.until);
  else if (order.kind === 'end') until.delete(order.generation);
  else void close();
});
const looking = setInterval(look, LOOK_EVERY_MS);
const renewing = setInterval(() => void renew(), renewEveryMs);
let busy = false;
// Connected before the first lease is there. Where the database is away, its users find that out themselves.
await dataSource.initialize().catch(() => undefined);
tell({ kind: 'ready' });

function look(): void {
  const now = process.hrtime.bigint();
  for (const [generation, end] of until) if (end <= now) lose(generation);
}

async function renew(): Promise<void> {
  if (busy || until.size === 0) return;
  busy = true;
  const sentAt = process.hrtime.bigint();
  const generations = [...until.keys()];
  try {
    if (!dataSource.isInitialized) await dataSource.initialize();
    const held = new Set(await repositories(dataSource).claims.renew(generations, leaseMs));
    const end = sentAt + BigInt(leaseMs) * 1_000_000n;
    for (const generation of generations)
      if (!held.has(generation)) lose(generation);
      else if (until.has(generation)) until.set(generation, end);
  } catch {
    // The database is away: what is not renewed in time is lost by the clock.
  } finally {
    busy = false;
  }
}

function lose(generation: number): void {
  if (!until.delete(generation)) return;
  tell({ kind: 'lost', generation });
}

function tell(news: LeaseNews): void {
  port.postMessage(news);
}

async function close(): Promise<void> {
  clearInterval(looking);
  clearInterval(renewing);
  if (dataSource.isInitialized) await dataSource.destroy().catch(() => undefined);
  port.close();
}
