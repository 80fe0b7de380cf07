import { Gauge, type Registry } from '@cairn/telemetry';
import type { Worker } from '@temporalio/worker';
import type { Pool } from '../pools.js';

/** How many steps this process may execute at once, and how many it does, by queue. */
export function addSlots(registry: Registry, pools: readonly Pool[], workers: readonly Worker[]): void {
  new Gauge({
    name: 'cairn_worker_slots',
    help: 'Steps that this process may execute at once.',
    labelNames: ['queue'],
    registers: [registry],
    collect() {
      for (const { queue, slots } of pools) this.set({ queue }, slots);
    },
  });
  new Gauge({
    name: 'cairn_worker_slots_used',
    help: 'Activities that this process executes, of steps and of records.',
    labelNames: ['queue'],
    registers: [registry],
    collect() {
      pools.forEach(({ queue }, at) =>
        this.set({ queue }, workers[at]!.getStatus().numInFlightNonLocalActivities),
      );
    },
  });
}
