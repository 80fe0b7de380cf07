import { artifactCalls, type ArtifactCalls } from './calls/artifact-calls.js';
import { eventCalls, type EventCalls } from './calls/event-calls.js';
import { gateCalls, type GateCalls } from './calls/gate-calls.js';
import { keyCalls, type KeyCalls } from './calls/key-calls.js';
import { runCalls, type RunCalls } from './calls/run-calls.js';
import { scheduleCalls, type ScheduleCalls } from './calls/schedule-calls.js';
import { storeCalls, type StoreCalls } from './calls/store-calls.js';
import { systemCalls, type SystemCalls } from './calls/system-calls.js';
import { tenantCalls, type TenantCalls } from './calls/tenant-calls.js';
import { webhookCalls, type WebhookCalls } from './calls/webhook-calls.js';
import { openWire } from './wire.js';

export interface ClientOptions {
  /** E.g. `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  /** Of a tenant, `cairn_…`; absent where no keys are needed. */
  readonly apiKey?: string;
  /** Instead of the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The API, typed. Every method throws {@link CairnApiError}, and the signal's reason when that aborts. */
export interface CairnClient
  extends
    RunCalls,
    GateCalls,
    ScheduleCalls,
    ArtifactCalls,
    EventCalls,
    WebhookCalls,
    StoreCalls,
    KeyCalls,
    TenantCalls,
    SystemCalls {
  readonly baseUrl: string;
}

/** A client of the API at `baseUrl`. */
export function createCairnClient({
  baseUrl: given,
  apiKey,
  fetch = globalThis.fetch,
}: ClientOptions): CairnClient {
  const baseUrl = given.replace(/\/+$/, '');
  const wire = openWire(baseUrl, apiKey, fetch);
  return {
    baseUrl,
    ...runCalls(wire),
    ...gateCalls(wire),
    ...scheduleCalls(wire),
    ...artifactCalls(wire),
    ...eventCalls(wire),
    ...webhookCalls(wire),
    ...storeCalls(wire),
    ...keyCalls(wire),
    ...tenantCalls(wire),
    ...systemCalls(wire),
  };
}
