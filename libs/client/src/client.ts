import createFetchClient from 'openapi-fetch';
import { CairnApiError, errorOf, unreachable } from './api-error.js';
import { downloadFrom, type Download } from './download.js';
import type {
  Artifact,
  ArtifactList,
  CacheEntryList,
  Collection,
  CollectionRequest,
  EventList,
  Eviction,
  EvictionRequest,
  ForkRunRequest,
  Gate,
  GateDecisionRequest,
  GateList,
  MapItemList,
  Pin,
  Plan,
  Readiness,
  Retention,
  RetriedRuns,
  RetryRunsRequest,
  Run,
  RunList,
  Skill,
  StartRunRequest,
  StepExplanation,
  StoreUsage,
  Verification,
  VerificationRequest,
  Workflow,
  WorkflowSummary,
  operations,
  paths,
} from './generated/openapi.js';
import { followEvents, type FollowedEvent, type FollowEventsOptions } from './follow-events.js';
import { keyCalls, type KeyCalls } from './key-calls.js';
import { scheduleCalls, type ScheduleCalls } from './schedule-calls.js';
import { tenantCalls, type TenantCalls } from './tenant-calls.js';
import { uploadTo, type UploadBody, type UploadOptions } from './upload.js';
import { webhookCalls, type WebhookCalls } from './webhook-calls.js';
import { withKey } from './with-key.js';
import { pollRun, type WaitOptions } from './wait-for-run.js';
import type { CallOptions } from './wire.js';

export interface ClientOptions {
  /** E.g. `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  /** Of a tenant, `cairn_…`; absent where no keys are needed. */
  readonly apiKey?: string;
  /** Instead of the global one. */
  readonly fetch?: typeof globalThis.fetch;
}
export type RunQuery = NonNullable<operations['listRuns']['parameters']['query']>;
export type PageQuery = NonNullable<operations['listRunArtifacts']['parameters']['query']>;

export type CacheEntryQuery = NonNullable<operations['listCacheEntries']['parameters']['query']>;
export type GateQuery = NonNullable<operations['listGates']['parameters']['query']>;
export type EventQuery = NonNullable<operations['listEvents']['parameters']['query']>;
export type MapItemQuery = NonNullable<operations['listMapItems']['parameters']['query']>;
export type RunEventQuery = NonNullable<operations['listRunEvents']['parameters']['query']>;

/** A trigger is whatever the workflow's schema takes. */
export type StartRun = Omit<StartRunRequest, 'trigger'> & { readonly trigger: unknown };

/** What calls take that make a run. */
export interface NewRunOptions extends CallOptions {
  readonly idempotencyKey?: string;
}
/** A run, and whether an earlier request with the same idempotency key had made it. */
export interface NewRun {
  readonly run: Run;
  readonly replayed: boolean;
}

/** The API, typed. Every method throws {@link CairnApiError}, and the signal's reason when that aborts. */
export interface CairnClient extends KeyCalls, ScheduleCalls, TenantCalls, WebhookCalls {
  readonly baseUrl: string;
  startRun(request: StartRun, options?: NewRunOptions): Promise<NewRun>;
  /** Retries a run that failed or was cancelled: a new run that takes over what the old one has finished. */
  retryRun(runId: string, options?: NewRunOptions): Promise<NewRun>;
  /** Makes a new run that does a step, and what depends on it, anew; the rest it takes over. */
  forkRun(runId: string, request: ForkRunRequest, options?: NewRunOptions): Promise<NewRun>;
  /** Retries all that failed or were cancelled, by filter, or says with `dryRun` which. */
  retryRuns(request: RetryRunsRequest, options?: CallOptions): Promise<RetriedRuns>;
  /** What such a run would do, as things are now; nothing is executed or recorded. */
  planRun(request: StartRun, options?: CallOptions): Promise<Plan>;
  /** Why a step did what it did, against the nearest earlier execution or the same step of another run. */
  explainStep(
    runId: string,
    stepId: string,
    options?: CallOptions & { readonly against?: string },
  ): Promise<StepExplanation>;
  getRun(runId: string, options?: CallOptions): Promise<Run>;
  listRuns(query?: RunQuery, options?: CallOptions): Promise<RunList>;
  cancelRun(runId: string, options?: CallOptions): Promise<Run>;
  /** One page of the steps that wait, or have waited, for somebody's approval. */
  listGates(query?: GateQuery, options?: CallOptions): Promise<GateList>;
  /** A gate with what it shows. */
  getGate(gateId: string, options?: CallOptions): Promise<Gate>;
  /** Approves or rejects what a gate shows, by the digest of that. */
  decideGate(gateId: string, decision: GateDecisionRequest, options?: CallOptions): Promise<Gate>;
  /** Deletes a run that has ended, with its steps and artifacts. */
  deleteRun(runId: string, options?: CallOptions): Promise<void>;
  /** Keeps a run from being deleted, or lets it go again. */
  pinRun(runId: string, pinned: boolean, options?: CallOptions): Promise<Pin>;
  /** Polls until the run has ended; outages of the API meanwhile are sat out. */
  waitForRun(runId: string, options?: WaitOptions): Promise<Run>;
  /** One page of a run's artifacts. */
  listRunArtifacts(runId: string, query?: PageQuery, options?: CallOptions): Promise<ArtifactList>;
  /** All artifacts of a run, page after page. */
  runArtifacts(runId: string, options?: CallOptions): AsyncIterable<Artifact>;
  getArtifact(artifactId: string, options?: CallOptions): Promise<Artifact>;
  /** The bytes of an artifact, as a stream. */
  download(artifactId: string, options?: CallOptions): Promise<Download>;
  /** Brings a file, which a trigger then names by the artifact's id. */
  uploadArtifact(bytes: UploadBody, options: UploadOptions): Promise<Artifact>;
  /** Deletes an upload; what a run made goes with the run. */
  deleteArtifact(artifactId: string, options?: CallOptions): Promise<void>;
  /** Keeps the bytes of an artifact, or lets them go again. */
  pinArtifact(artifactId: string, pinned: boolean, options?: CallOptions): Promise<Pin>;
  /** One page of what the cache keeps. */
  listCacheEntries(query?: CacheEntryQuery, options?: CallOptions): Promise<CacheEntryList>;
  /** Takes results out of the cache, or says with `dryRun` which. */
  evictCacheEntries(request: EvictionRequest, options?: CallOptions): Promise<Eviction>;
  /** One page of what has happened, newest first. */
  /**
   * Follows what happens, to a run until it ends or to everything for ever: each event once, in order, whatever becomes
   * of connections and processes meanwhile.
   */
  followEvents(options?: FollowEventsOptions): AsyncGenerator<FollowedEvent, void, undefined>;
  listEvents(query?: EventQuery, options?: CallOptions): Promise<EventList>;
  /** One page of what has happened in a run, newest first. */
  /** The items of a map, in the order of its list. */
  listMapItems(
    runId: string,
    stepId: string,
    query?: MapItemQuery,
    options?: CallOptions,
  ): Promise<MapItemList>;
  listRunEvents(runId: string, query?: RunEventQuery, options?: CallOptions): Promise<EventList>;
  /** Removes what nobody needs, or says with `dryRun` how much that is. */
  collectStore(request?: CollectionRequest, options?: CallOptions): Promise<Collection>;
  /** One page of a verification of stored bytes. */
  verifyStore(request?: VerificationRequest, options?: CallOptions): Promise<Verification>;
  storeUsage(options?: CallOptions): Promise<StoreUsage>;
  /** How long runs and cache entries are kept. */
  getRetention(options?: CallOptions): Promise<Retention>;
  putRetention(retention: Retention, options?: CallOptions): Promise<Retention>;
  listWorkflows(options?: CallOptions): Promise<readonly WorkflowSummary[]>;
  getWorkflow(name: string, options?: CallOptions & { readonly version?: string }): Promise<Workflow>;
  listSkills(options?: CallOptions): Promise<readonly Skill[]>;
  /** Also answers, rather than throws, when the API says that it is not ready. */
  readiness(options?: CallOptions): Promise<Readiness>;
  /** Which Cairn answers, e.g. `0.1.0`. */
  version(options?: CallOptions): Promise<string>;
}

interface Reply<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** Lists answer with pages; the other form of their answer is for `followEvents`. */
const asPage = <T>(answer: T) => answer as Exclude<T, string>;

/** A client of the API at `baseUrl`. */
export function createCairnClient({
  baseUrl: given,
  apiKey,
  fetch = globalThis.fetch,
}: ClientOptions): CairnClient {
  const baseUrl = given.replace(/\/+$/, '');
  const via = withKey(fetch, apiKey);
  const http = createFetchClient<paths>({ baseUrl, fetch: via });
  const ask = async <T>(call: Promise<Reply<T>>, signal: AbortSignal | undefined) => {
    const reply = await call.catch((error: unknown) => {
      throw unreachable(baseUrl, error, signal);
    });
    if (!reply.response.ok || reply.data === undefined) throw errorOf(reply.response.status, reply.error);
    return { data: reply.data, response: reply.response };
  };
  const read = async <T>(call: Promise<Reply<T>>, signal: AbortSignal | undefined) =>
    (await ask(call, signal)).data;
  /** For answers without a body. */
  const done = async (call: Promise<Reply<unknown>>, signal: AbortSignal | undefined) => {
    const { response, error } = await call.catch((reason: unknown) => {
      throw unreachable(baseUrl, reason, signal);
    });
    if (!response.ok) throw errorOf(response.status, error);
  };
  const byId = (id: string) => ({ path: { id } });
  const keyed = ({ idempotencyKey }: NewRunOptions) => ({
    header: idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey },
  });
  const made = async (call: Promise<Reply<Run>>, signal: AbortSignal | undefined) => {
    const { data, response } = await ask(call, signal);
    return { run: data, replayed: response.headers.get('idempotency-replayed') === 'true' };
  };

  const client: CairnClient = {
    baseUrl,
    ...keyCalls({ http, read, done, made }),
    ...scheduleCalls({ http, read, done, made }),
    ...tenantCalls({ http, read, done, made }),
    ...webhookCalls({ http, read, done, made }),
    startRun: (request, options = {}) => {
      const { signal } = options;
      return made(http.POST('/v1/runs', { params: keyed(options), body: request, signal }), signal);
    },
    retryRun: (id, options = {}) => {
      const { signal } = options;
      const params = { ...byId(id), ...keyed(options) };
      return made(http.POST('/v1/runs/{id}/retry', { params, signal }), signal);
    },
    forkRun: (id, body, options = {}) => {
      const { signal } = options;
      const params = { ...byId(id), ...keyed(options) };
      return made(http.POST('/v1/runs/{id}/fork', { params, body, signal }), signal);
    },
    retryRuns: (body, { signal } = {}) => read(http.POST('/v1/runs/retries', { body, signal }), signal),
    planRun: (body, { signal } = {}) => read(http.POST('/v1/runs/plan', { body, signal }), signal),
    explainStep: (id, stepId, { against, signal } = {}) =>
      read(
        http.GET('/v1/runs/{id}/steps/{stepId}/explanation', {
          params: { path: { id, stepId }, query: { against } },
          signal,
        }),
        signal,
      ),
    getRun: (id, { signal } = {}) => read(http.GET('/v1/runs/{id}', { params: byId(id), signal }), signal),
    listRuns: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/runs', { params: { query }, signal }), signal),
    cancelRun: (id, { signal } = {}) =>
      read(http.POST('/v1/runs/{id}/cancel', { params: byId(id), signal }), signal),
    listGates: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/gates', { params: { query }, signal }), signal),
    getGate: (id, { signal } = {}) => read(http.GET('/v1/gates/{id}', { params: byId(id), signal }), signal),
    decideGate: (id, body, { signal } = {}) =>
      read(http.POST('/v1/gates/{id}/decision', { params: byId(id), body, signal }), signal),
    deleteRun: (id, { signal } = {}) =>
      done(http.DELETE('/v1/runs/{id}', { params: byId(id), signal }), signal),
    pinRun: (id, pinned, { signal } = {}) =>
      read(http.PUT('/v1/runs/{id}/pin', { params: byId(id), body: { pinned }, signal }), signal),
    waitForRun: (id, options = {}) => pollRun(signal => client.getRun(id, { signal }), id, options),
    listRunArtifacts: (id, query = {}, { signal } = {}) =>
      read(http.GET('/v1/runs/{id}/artifacts', { params: { ...byId(id), query }, signal }), signal),
    async *runArtifacts(id, options = {}) {
      let cursor: string | undefined;
      do {
        const page: ArtifactList = await client.listRunArtifacts(id, { limit: 200, cursor }, options);
        yield* page.items;
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    },
    getArtifact: (id, { signal } = {}) =>
      read(http.GET('/v1/artifacts/{id}', { params: byId(id), signal }), signal),
    download: (id, { signal } = {}) =>
      downloadFrom(`${baseUrl}/v1/artifacts/${encodeURIComponent(id)}/content`, via, signal),
    uploadArtifact: (bytes, options) => uploadTo(baseUrl, bytes, options, via),
    deleteArtifact: (id, { signal } = {}) =>
      done(http.DELETE('/v1/artifacts/{id}', { params: byId(id), signal }), signal),
    pinArtifact: (id, pinned, { signal } = {}) =>
      read(http.PUT('/v1/artifacts/{id}/pin', { params: byId(id), body: { pinned }, signal }), signal),
    listCacheEntries: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/cache/entries', { params: { query }, signal }), signal),
    evictCacheEntries: (body, { signal } = {}) =>
      read(http.POST('/v1/cache/evictions', { body, signal }), signal),
    followEvents: (options = {}) => followEvents(baseUrl, via, options),
    listEvents: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/events', { params: { query }, signal }), signal).then(asPage),
    listMapItems: (id, stepId, query = {}, { signal } = {}) =>
      read(
        http.GET('/v1/runs/{id}/steps/{stepId}/items', { params: { path: { id, stepId }, query }, signal }),
        signal,
      ),
    listRunEvents: (id, query = {}, { signal } = {}) =>
      read(http.GET('/v1/runs/{id}/events', { params: { ...byId(id), query }, signal }), signal).then(asPage),
    collectStore: (body = {}, { signal } = {}) =>
      read(http.POST('/v1/store/collections', { body, signal }), signal),
    verifyStore: (body = {}, { signal } = {}) =>
      read(http.POST('/v1/store/verifications', { body, signal }), signal),
    storeUsage: ({ signal } = {}) => read(http.GET('/v1/store/usage', { signal }), signal),
    getRetention: ({ signal } = {}) => read(http.GET('/v1/store/retention', { signal }), signal),
    putRetention: (body, { signal } = {}) => read(http.PUT('/v1/store/retention', { body, signal }), signal),
    listWorkflows: async ({ signal } = {}) =>
      (await read(http.GET('/v1/workflows', { signal }), signal)).items,
    getWorkflow: (name, { version, signal } = {}) =>
      read(
        http.GET('/v1/workflows/{name}', { params: { path: { name }, query: { version } }, signal }),
        signal,
      ),
    listSkills: async ({ signal } = {}) => (await read(http.GET('/v1/skills', { signal }), signal)).items,
    readiness: async ({ signal } = {}) => {
      const call = http.GET('/readyz', { signal });
      const reply = await call.catch((error: unknown) => {
        throw unreachable(baseUrl, error, signal);
      });
      const said = reply.data ?? reply.error;
      if (said === undefined || !('database' in said)) throw errorOf(reply.response.status, said);
      return said;
    },
    version: async ({ signal } = {}) => {
      const document = await read(http.GET('/openapi.json', { signal }), signal);
      const { title, version } = (document['info'] ?? {}) as { title?: unknown; version?: unknown };
      if (title === 'Cairn' && typeof version === 'string') return version;
      throw new CairnApiError('BAD_ANSWER', `${baseUrl} is not Cairn`, 200);
    },
  };
  return client;
}
