import type { ArtifactStore } from '@cairn/artifact-store';
import type { DataSource } from '@cairn/dao';
import { Reconciler, removeTenants, type RunControl, type ScheduleKeeper } from '@cairn/engine';
import { Sequencer, type EventFeed } from '@cairn/events';
import type { MeasureCollection } from '@cairn/telemetry';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { ReconcileLoop } from '../runs/reconcile-loop.js';
import { CollectLoop } from '../store/collect-loop.js';
import { watchSearchAttributes } from '../temporal/watch-search-attributes.js';
import type { WebhookLoop } from '../webhooks/webhook-loop.js';

export interface BackgroundParts {
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  readonly control: RunControl;
  readonly client: Client;
  readonly namespace: string;
  readonly keeper: ScheduleKeeper;
  readonly webhooks: WebhookLoop;
  readonly feed: EventFeed;
  /** Between two collections; 0 for none. Milliseconds. */
  readonly collectEveryMs: number;
  readonly collected: MeasureCollection | undefined;
  readonly log: Logger;
}

/** Work that goes on by itself. */
interface Loop {
  start(): void;
  stop(): Promise<void>;
}

/**
 * Starts what an API does beside answering. Of several APIs each does it: they share the work, or take turns.
 * @returns what ends each of them, after what is under way
 */
export function startBackground(parts: BackgroundParts): readonly (() => Promise<void>)[] {
  const { dataSource, store, control, client, keeper, webhooks, feed, log } = parts;
  const tenants = { tick: () => removeTenants({ dataSource, store, control, log }) };
  const loops: Loop[] = [
    new ReconcileLoop(new Reconciler({ dataSource, control, log }), log),
    new ReconcileLoop(tenants, log, 'tenants'),
    new ReconcileLoop(keeper, log, 'schedules'),
    webhooks,
    new Sequencer({ dataSource, log }),
  ];
  if (parts.collectEveryMs > 0)
    loops.push(new CollectLoop({ dataSource, store, log }, parts.collectEveryMs, parts.collected));
  for (const loop of loops) loop.start();
  feed.subscribe(() => webhooks.call());
  const watch = watchSearchAttributes(client, parts.namespace, log);
  return [watch, ...loops].map(loop => () => loop.stop());
}
