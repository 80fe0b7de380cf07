import { newId } from '@cairn/dao';
import type { events, http } from '@cairn/dto';
import { campaignRequest } from './requests.js';
import { uniqueName, type TenantThings } from './tenant-things.js';

/** A request of an operation, without who asks. */
export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of an operation that takes bytes. */
  readonly bytes?: string;
}

/** A request that succeeds, for one of each operation. */
export interface Example {
  /** Makes what it is about, as things of the tenant. */
  readonly ask: (of: TenantThings) => Promise<Asked>;
  readonly status: number;
  /** Of an operation that changes something: what the log says of it afterwards. */
  readonly event?: events.EventTypeName;
  /** Requests that name things of a tenant elsewhere than in the path: its ids, digests and keys. */
  readonly naming?: (of: TenantThings) => Promise<readonly Asked[]>;
}

const nothing = () => Promise.resolve({});
const read = (ask: Example['ask'], naming?: Example['naming']): Example => ({
  ask,
  status: 200,
  ...(naming && { naming }),
});
const change = (status: number, event: events.EventTypeName | undefined, ask: Example['ask']): Example => ({
  ask,
  status,
  ...(event && { event }),
});
const byId = async (id: Promise<string>) => ({ params: { id: await id } });
const keyRequest = (): http.KeyRequest => ({ name: uniqueName('key'), role: 'viewer' });
const ofTenant = async (of: TenantThings) => ({ params: { tenantId: await of.otherTenant() } });

/** An example of every operation: what is not here does not compile. */
export const EXAMPLES: Readonly<Record<http.OperationId, Example>> = {
  startRun: change(202, 'run.created', async () => ({
    body: campaignRequest({ campaign_id: uniqueName('c') }),
  })),
  listRuns: read(nothing, async (of): Promise<Asked[]> => [
    { query: { parentRunId: await of.run() } },
    { query: { scheduleId: await of.schedule() } },
  ]),
  getRun: read(of => byId(of.run())),
  cancelRun: change(202, 'run.cancel_requested', of => byId(of.run())),
  retryRun: change(202, 'run.created', of => byId(of.failedRun())),
  forkRun: change(202, 'run.created', async of => ({
    ...(await byId(of.failedRun())),
    body: { from: 'game_bundle' },
  })),
  retryRuns: change(200, 'run.created', async of => {
    await of.failedRun();
    return { body: { all: true, limit: 1 } };
  }),
  planRun: read(async () => ({ body: campaignRequest() })),
  explainStep: read(async of => ({ params: { id: await of.run(), stepId: 'bgm' } })),
  listMapItems: read(async of => ({ params: { id: await of.mapRun(), stepId: 'each' } })),
  listGates: read(nothing, async of => [{ query: { runId: (await of.gate()).runId } }]),
  getGate: read(async of => ({ params: { id: (await of.gate()).id } })),
  decideGate: change(200, 'gate.approved', async of => {
    const { id, shownDigest } = await of.gate();
    return { params: { id }, body: { approve: true, digest: shownDigest, by: 'ada', role: 'approver' } };
  }),
  createSchedule: change(201, 'schedule.created', async of => ({ body: of.scheduleRequest() })),
  listSchedules: read(nothing),
  getSchedule: read(of => byId(of.schedule())),
  updateSchedule: change(200, 'schedule.updated', async of => ({
    ...(await byId(of.schedule())),
    body: of.scheduleRequest(),
  })),
  deleteSchedule: change(204, 'schedule.deleted', of => byId(of.schedule())),
  pauseSchedule: change(200, 'schedule.paused', async of => ({ ...(await byId(of.schedule())), body: {} })),
  resumeSchedule: change(200, 'schedule.resumed', async of => ({ ...(await byId(of.schedule())), body: {} })),
  triggerSchedule: change(202, 'schedule.triggered', of => byId(of.schedule())),
  backfillSchedule: change(202, 'schedule.backfilled', async of => ({
    ...(await byId(of.schedule())),
    body: { from: new Date(Date.now() - 2 * 86_400_000).toISOString(), to: new Date().toISOString() },
  })),
  listFirings: read(of => byId(of.schedule())),
  uploadArtifact: change(201, 'artifact.uploaded', async () => ({
    query: { type: 'text/plain' },
    bytes: uniqueName('bytes'),
  })),
  deleteArtifact: change(204, 'artifact.deleted', async of => ({ params: { id: (await of.upload()).id } })),
  listRunArtifacts: read(async of => ({ params: { id: (await of.artifactOfRun()).runId } })),
  getArtifact: read(async of => ({ params: { id: (await of.upload()).id } })),
  getArtifactContent: {
    ...read(async of => ({ params: { id: (await of.upload()).id } })),
    // Somebody who knows a digest learns nothing of whether the bytes are there.
    naming: async of => {
      const { contentHash } = await of.upload();
      return [{ params: { id: newId() }, headers: { 'if-none-match': `"${contentHash}"` } }];
    },
  },
  listCacheEntries: read(nothing, async of => [{ query: { cacheKey: await of.cacheEntry() } }]),
  evictCacheEntries: {
    ...change(200, 'cache.evicted', async of => ({ body: { cacheKeys: [await of.cacheEntry()] } })),
    naming: async of => [{ body: { cacheKeys: [await of.cacheEntry()] } }],
  },
  listEvents: read(nothing, async of => [{ query: { runId: await of.run() } }]),
  listEventTypes: read(nothing),
  listRunEvents: read(of => byId(of.run())),
  createWebhook: change(201, 'webhook.created', async of => ({ body: of.webhookRequest() })),
  listWebhooks: read(nothing),
  getWebhook: read(of => byId(of.webhook())),
  putWebhook: change(200, 'webhook.updated', async of => ({
    ...(await byId(of.webhook())),
    body: { ...of.webhookRequest(), enabled: true },
  })),
  deleteWebhook: change(204, 'webhook.deleted', of => byId(of.webhook())),
  rotateWebhookSecret: change(200, 'webhook.secret_rotated', async of => ({
    ...(await byId(of.webhook())),
    body: {},
  })),
  testWebhook: change(200, 'webhook.tested', of => byId(of.webhook())),
  replayWebhook: change(202, 'webhook.replayed', async of => ({
    ...(await byId(of.webhook())),
    body: { since: new Date(Date.now() - 60_000).toISOString() },
  })),
  listWebhookDeliveries: read(of => byId(of.webhook())),
  replayWebhookDelivery: change(202, 'webhook.replayed', async of => ({
    params: { ...(await of.delivery()) },
  })),
  deleteRun: change(204, 'run.deleted', of => byId(of.failedRun())),
  pinRun: change(200, 'run.pinned', async of => ({ ...(await byId(of.run())), body: { pinned: true } })),
  pinArtifact: change(200, 'artifact.pinned', async of => ({
    params: { id: (await of.upload()).id },
    body: { pinned: true },
  })),
  collectStore: change(200, 'store.collected', async () => ({ body: {} })),
  // It reads; what it finds damaged is told by events of that.
  verifyStore: change(200, undefined, async () => ({ body: { limit: 1 } })),
  getStoreUsage: read(nothing),
  getRetention: read(nothing),
  putRetention: change(200, 'store.retention_changed', async () => ({
    body: { keepRuns: '90d', keepEntries: null },
  })),
  getOwnTenant: read(nothing),
  createTenant: change(201, 'tenant.created', async () => ({ body: { id: uniqueName('tenant') } })),
  listTenants: read(nothing),
  getTenant: read(ofTenant),
  putTenant: change(200, 'tenant.updated', async of => ({
    ...(await ofTenant(of)),
    body: { name: 'A name', limits: {} },
  })),
  deleteTenant: change(202, 'tenant.deletion_requested', ofTenant),
  getCaller: read(nothing),
  createKey: change(201, 'key.created', async () => ({ body: keyRequest() })),
  listKeys: read(nothing),
  getKey: read(of => byId(of.key())),
  updateKey: change(200, 'key.updated', async of => ({ ...(await byId(of.key())), body: keyRequest() })),
  rotateKey: change(200, 'key.rotated', async of => ({ ...(await byId(of.key())), body: {} })),
  revokeKey: change(200, 'key.revoked', of => byId(of.key())),
  createTenantKey: change(201, 'key.created', async of => ({
    ...(await ofTenant(of)),
    body: keyRequest(),
  })),
  listWorkflows: read(nothing),
  getWorkflow: read(async () => ({ params: { name: 'campaign.build' } })),
  listSkills: read(nothing),
  live: read(nothing),
  ready: read(nothing),
  openapi: read(nothing),
  docs: read(nothing),
};
