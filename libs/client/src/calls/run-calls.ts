import type {
  ForkRunRequest,
  MapItemList,
  Pin,
  Plan,
  RetriedRuns,
  RetryRunsRequest,
  Run,
  RunList,
  StartRunRequest,
  StepExplanation,
  operations,
} from '../generated/openapi.js';
import { pollRun, type WaitOptions } from '../wait-for-run.js';
import { byId, keyed, type CallOptions, type NewRun, type NewRunOptions, type Wire } from '../wire.js';

export type RunQuery = NonNullable<operations['listRuns']['parameters']['query']>;
export type MapItemQuery = NonNullable<operations['listMapItems']['parameters']['query']>;

/** A trigger is whatever the workflow's schema takes. */
export type StartRun = Omit<StartRunRequest, 'trigger'> & { readonly trigger: unknown };

/** The calls that are about runs and their steps. */
export interface RunCalls {
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
  /** One page of the runs, newest first. */
  listRuns(query?: RunQuery, options?: CallOptions): Promise<RunList>;
  cancelRun(runId: string, options?: CallOptions): Promise<Run>;
  /** Deletes a run that has ended, with its steps and artifacts. */
  deleteRun(runId: string, options?: CallOptions): Promise<void>;
  /** Keeps a run from being deleted, or lets it go again. */
  pinRun(runId: string, pinned: boolean, options?: CallOptions): Promise<Pin>;
  /** Polls until the run has ended; outages of the API meanwhile are sat out. */
  waitForRun(runId: string, options?: WaitOptions): Promise<Run>;
  /** The items of a map, in the order of its list. */
  listMapItems(
    runId: string,
    stepId: string,
    query?: MapItemQuery,
    options?: CallOptions,
  ): Promise<MapItemList>;
}

export function runCalls({ http, read, done, made }: Wire): RunCalls {
  const getRun: RunCalls['getRun'] = (id, { signal } = {}) =>
    read(http.GET('/v1/runs/{id}', { params: byId(id), signal }), signal);
  return {
    startRun: (body, options = {}) => {
      const { signal } = options;
      return made(http.POST('/v1/runs', { params: keyed(options), body, signal }), signal);
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
    explainStep: (id, stepId, { against, signal } = {}) => {
      const params = { path: { id, stepId }, query: { against } };
      return read(http.GET('/v1/runs/{id}/steps/{stepId}/explanation', { params, signal }), signal);
    },
    getRun,
    listRuns: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/runs', { params: { query }, signal }), signal),
    cancelRun: (id, { signal } = {}) =>
      read(http.POST('/v1/runs/{id}/cancel', { params: byId(id), signal }), signal),
    deleteRun: (id, { signal } = {}) =>
      done(http.DELETE('/v1/runs/{id}', { params: byId(id), signal }), signal),
    pinRun: (id, pinned, { signal } = {}) =>
      read(http.PUT('/v1/runs/{id}/pin', { params: byId(id), body: { pinned }, signal }), signal),
    waitForRun: (id, options = {}) => pollRun(signal => getRun(id, { signal }), id, options),
    listMapItems: (id, stepId, query = {}, { signal } = {}) => {
      const params = { path: { id, stepId }, query };
      return read(http.GET('/v1/runs/{id}/steps/{stepId}/items', { params, signal }), signal);
    },
  };
}
