import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { WorkflowName } from './runs.js';
import { Uuid } from './scalars.js';

/** `POST /v1/runs/{id}/fork`. */
export const ForkRunRequest = closed(
  {
    from: Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        'A step. It, and what depends on it, is done in the new run; all else that the old run has finished is taken over.',
    }),
    trigger: Type.Optional(
      Type.Unknown({
        description:
          "A whole trigger instead of the old run's, as `POST /v1/runs` takes it. Steps that are taken over stay what they are.",
      }),
    ),
    input: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'A JSON Merge Patch (RFC 7396) onto the input of the step `from`: members replace those of the same name, null takes one away. `{"artifactId": …}` becomes the file that it names.',
      }),
    ),
  },
  { title: 'ForkRunRequest' },
);
export type ForkRunRequest = Static<typeof ForkRunRequest>;

/** How many runs one request retries at most. */
export const MAX_RETRIED = 100;

/** `POST /v1/runs/retries`. */
export const RetryRunsRequest = closed(
  {
    workflow: Type.Optional(WorkflowName),
    status: Type.Optional(
      Type.Unsafe<'failed' | 'cancelled'>({ type: 'string', ...oneOf('failed', 'cancelled') }),
    ),
    errorCode: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'The code that the run ended with.' }),
    ),
    createdAfter: Type.Optional(
      Type.String({ format: 'date-time', description: 'Made then or later; ISO 8601 with its offset.' }),
    ),
    createdBefore: Type.Optional(
      Type.String({ format: 'date-time', description: 'Made earlier than then; ISO 8601 with its offset.' }),
    ),
    all: Type.Optional(
      Type.Literal(true, { description: 'Every failed or cancelled run; instead of any filter.' }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_RETRIED,
        description: `How many are retried at most, the oldest first; ${MAX_RETRIED} unless given.`,
      }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'Says what would be retried, and retries nothing.' })),
  },
  { title: 'RetryRunsRequest' },
);
export type RetryRunsRequest = Static<typeof RetryRunsRequest>;

/** What came of a bulk retry, or with `dryRun` what would. */
export const RetriedRuns = closed(
  {
    dryRun: Type.Boolean(),
    matched: Type.Integer({ minimum: 0, description: 'All that the filter finds, also beyond the limit.' }),
    retried: Type.Array(
      closed({
        runId: Uuid,
        newRunId: Type.Optional(Type.String({ ...Uuid, description: 'Absent with `dryRun`.' })),
      }),
      { description: 'Oldest first.' },
    ),
    refused: Type.Array(closed({ runId: Uuid, code: Type.String(), message: Type.String() }), {
      description: 'Those of them that could not be retried, and why.',
    }),
  },
  { title: 'RetriedRuns' },
);
export type RetriedRuns = Static<typeof RetriedRuns>;
