import { closed } from '../types/scalars.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams, Run, StartRunHeaders } from './runs.js';
import { ForkRunRequest, RetriedRuns, RetryRunsRequest } from './second-tries.js';

const NO_QUERY = closed({});
const CHANGE = ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'FORBIDDEN_ORIGIN', 'INTERNAL'] as const;
const AWAY = ['SKILL_NOT_SERVED', 'ARTIFACT_LOST', 'DATABASE_UNAVAILABLE', 'STORE_UNAVAILABLE'] as const;
const BODY = ['INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;
const NEW_RUN = {
  202: {
    description:
      'The new run, `queued`; or, under an idempotency key that was used before, that run as it is now.',
    schema: Run,
    headers: {
      Location: 'The path of the new run.',
      'Idempotency-Replayed': '`true` when an earlier request with this key made the run.',
    },
  },
};

/** Runs that go on where others have stopped, or from where they might have gone otherwise. */
export const secondTryOperations = {
  retryRun: {
    method: 'post',
    path: '/v1/runs/{id}/retry',
    tag: 'runs',
    access: 'runner',
    summary: 'Retry a run that failed or was cancelled',
    description:
      'Makes a new run with the same graph, trigger and options. What the old run has finished is taken over, whatever became of the cache; only the rest is executed.',
    params: IdParams,
    query: NO_QUERY,
    headers: StartRunHeaders,
    answers: NEW_RUN,
    problems: [...CHANGE, ...AWAY, 'NOT_FOUND', 'RUN_NOT_RETRYABLE', 'IDEMPOTENCY_KEY_REUSED'],
  },
  forkRun: {
    method: 'post',
    path: '/v1/runs/{id}/fork',
    tag: 'runs',
    access: 'runner',
    summary: 'Fork a run from one of its steps',
    description:
      'Makes a new run with the same graph, in which that step and what depends on it are done anew, with another trigger or another input of the step. What does not depend on it, and was finished, is taken over as it is. Paths of errors are JSON Pointers into the trigger, or begin with `/input` or `/from`.',
    params: IdParams,
    query: NO_QUERY,
    headers: StartRunHeaders,
    body: ForkRunRequest,
    answers: NEW_RUN,
    problems: [...CHANGE, ...BODY, ...AWAY, 'NOT_FOUND', 'WORKFLOW_VERSION_GONE', 'IDEMPOTENCY_KEY_REUSED'],
  },
  retryRuns: {
    method: 'post',
    path: '/v1/runs/retries',
    tag: 'runs',
    access: 'runner',
    summary: 'Retry many runs that failed or were cancelled',
    description:
      'By at least one filter; all that are given must hold. A run that was retried already is left out: its retry stands for it. So is the child of another run, which its parent does again. Sent again, it goes on where it stopped.',
    query: NO_QUERY,
    body: RetryRunsRequest,
    answers: {
      200: { description: 'What was retried, or with `dryRun` what would be.', schema: RetriedRuns },
    },
    problems: [...CHANGE, ...BODY, 'DATABASE_UNAVAILABLE'],
  },
} as const satisfies Record<string, OperationSpec>;
