import {
  onCommittedEvents,
  poolState,
  repositories,
  takeCensus,
  type Census,
  type DataSource,
} from '@cairn/dao';
import { Gauge, type Registry } from 'prom-client';
import { eventMetrics } from './event-metrics.js';
import { addReadings, type ReadGauge, type Readings } from './readings.js';

/** The database gives up before whoever asks for metrics does. Milliseconds. */
const TIMEOUT_MS = 2_000;

/** What this process does with the database: its connections, and the events that it writes. */
export function databaseMetrics(registry: Registry, dataSource: DataSource): void {
  onCommittedEvents(dataSource, eventMetrics(registry));
  new Gauge({
    name: 'cairn_database_connections',
    help: 'Connections to PostgreSQL that this process may have, has open, and of these does not use.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { most = 0, open = 0, idle = 0 } = poolState(dataSource) ?? {};
      for (const [state, value] of Object.entries({ most, open, idle })) this.set({ state }, value);
    },
  });
  new Gauge({
    name: 'cairn_database_connection_waiters',
    help: 'Who waits in this process for a connection to PostgreSQL.',
    registers: [registry],
    collect() {
      this.set(poolState(dataSource)?.waiting ?? 0);
    },
  });
}

const GAUGES: readonly ReadGauge[] = [
  { name: 'cairn_runs', help: 'Runs that have not ended, of all tenants.', label: 'state' },
  { name: 'cairn_claims', help: 'Keys that steps hold; expired: their lease has run out.', label: 'state' },
  {
    name: 'cairn_steps_waiting',
    help: "Steps that wait: for another's execution, or for approval.",
    label: 'for',
  },
  { name: 'cairn_events_unsequenced', help: 'Events that were committed and have no place in the log yet.' },
  { name: 'cairn_events_oldest_unsequenced_seconds', help: 'How long the oldest of them waits; 0 for none.' },
  {
    name: 'cairn_webhook_deliveries_pending',
    help: 'Webhook deliveries that are to be made, or made again.',
  },
  {
    name: 'cairn_webhook_delivery_late_seconds',
    help: 'For how long the oldest of them has been due; 0 for none.',
  },
];

/** What the records say is under way, of all tenants together. The same in every process: one kind of program tells. */
export function recordMetrics(registry: Registry, dataSource: DataSource): void {
  addReadings(registry, {
    source: 'database',
    gauges: GAUGES,
    timeoutMs: TIMEOUT_MS,
    read: async () => {
      const { eventLog } = repositories(dataSource);
      const [census, lag] = await Promise.all([takeCensus(dataSource, TIMEOUT_MS), eventLog.lag()]);
      return readingsOf(census, lag);
    },
  });
}

function readingsOf(census: Census, lag: { unsequenced: number; oldestMs: number }): Readings {
  return {
    cairn_runs: {
      running: census.runsRunning,
      queued: census.runsQueued - census.runsWaitingForTurn,
      waiting_for_turn: census.runsWaitingForTurn,
    },
    cairn_claims: { held: census.claimsHeld, expired: census.claimsExpired },
    cairn_steps_waiting: { execution: census.stepsWaiting, approval: census.gatesOpen },
    cairn_events_unsequenced: lag.unsequenced,
    cairn_events_oldest_unsequenced_seconds: lag.oldestMs / 1_000,
    cairn_webhook_deliveries_pending: census.webhookDeliveriesPending,
    cairn_webhook_delivery_late_seconds: census.webhookDeliveryLateMs / 1_000,
  };
}
