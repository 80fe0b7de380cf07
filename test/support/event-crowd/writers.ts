import { setTimeout as delay } from 'node:timers/promises';
import { createDataSource, EventRepository } from '@cairn/dao';
import { seeded } from '../../faults/random.js';
import { TENANT, type CrowdPlan, type CrowdResult } from './plan.js';

/**
 * A program: writers who each commit transactions of one to five events, one after the other. It says `ready`, begins
 * when it is told to, and says what it has done.
 */
const plan = JSON.parse(process.argv[2]!) as CrowdPlan;
const dataSource = await createDataSource({ url: plan.databaseUrl, poolSize: plan.writers }).initialize();
// Connections first: they are no part of what is measured.
await Promise.all(Array.from({ length: plan.writers }, () => dataSource.query('SELECT pg_sleep(0.05)')));

class RolledBack extends Error {}

let left = plan.events;
let rolledBack = 0;

/** How long a transaction stays open once it has written: mostly not at all, now and then for very long. */
function pauseOf(chance: number): number {
  if (!plan.mixed || chance < 0.7) return 0;
  if (chance < 0.95) return 1 + chance * 10;
  return chance < 0.995 ? 50 : 400;
}

async function write(writer: number): Promise<number> {
  const random = seeded(plan.seed + writer);
  let committed = 0;
  while (left > 0) {
    const size = Math.min(left, random.between(1, 5));
    const [pause, fails] = [pauseOf(random.next()), plan.mixed && random.chance(0.1)];
    left -= size;
    const first = committed + 1;
    const events = Array.from({ length: size }, (_, index) => ({
      tenantId: TENANT,
      type: 'cache.evicted' as const,
      data: { evicted: first + index, filter: { writer } },
    }));
    try {
      await dataSource.transaction(async manager => {
        await new EventRepository(manager).append(events);
        if (pause > 0) await delay(pause);
        if (fails) throw new RolledBack();
      });
      committed += size;
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
      left += size;
      rolledBack += 1;
    }
  }
  return committed;
}

process.once('message', () => {
  const begun = performance.now();
  void Promise.all(Array.from({ length: plan.writers }, (_, writer) => write(writer))).then(
    async committed => {
      const milliseconds = performance.now() - begun;
      await dataSource.destroy();
      const result: CrowdResult = { committed, rolledBack, milliseconds };
      process.send!(result, undefined, undefined, () => process.disconnect());
    },
  );
});
process.send!('ready');
