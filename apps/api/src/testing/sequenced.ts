import { setTimeout as delay } from 'node:timers/promises';
import { repositories, type DataSource } from '@cairn/dao';

/** Returns when every event that is committed has its place in the log, so that lists and streams have it. */
export async function sequenced(dataSource: DataSource): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const { unsequenced } = await repositories(dataSource).eventLog.lag();
    if (unsequenced === 0) return;
    if (performance.now() > deadline) throw new Error(`${unsequenced} events have no place in the log`);
    await delay(5);
  }
}
