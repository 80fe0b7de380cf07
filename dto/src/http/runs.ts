import { Type, type Static } from 'typebox';
import { closed, oneOf, Version } from '../types/scalars.js';
import { MapItemCounts } from './map-items.js';
import { AnyJson, AnyObject, Instant, PageQuery, Uuid, page } from './scalars.js';

export const RunStatus = oneOf('queued', 'running', 'completed', 'failed', 'cancelled');
export type RunStatus = Static<typeof RunStatus>;
export const RunStepStatus = oneOf('pending', 'running', 'completed', 'failed', 'skipped');
export type RunStepStatus = Static<typeof RunStepStatus>;

export const WorkflowName = Type.String({
  pattern: '^[a-z][a-z0-9_-]*(\\.[a-z][a-z0-9_-]*)*$',
  maxLength: 200,
  description: 'E.g. `campaign.build`.',
});

/** What a run asks of the cache. */
export const RunOptions = closed(
  {
    refresh: Type.Optional(
      Type.Unsafe<boolean | string[]>({
        type: ['boolean', 'array'],
        items: { type: 'string', minLength: 1, maxLength: 64 },
        minItems: 1,
        maxItems: 1000,
        uniqueItems: true,
        'x-message': 'must be true, or a list of step ids, each once',
        description:
          '`true`: every step takes only results whose execution began after this run was made; a list of step ids: these steps. What is executed is cached.',
      }),
    ),
    bypass: Type.Optional(
      Type.Boolean({
        description: '`true`: the cache is neither read nor written. Not together with `refresh`.',
      }),
    ),
  },
  { title: 'RunOptions' },
);
export type RunOptions = Static<typeof RunOptions>;

/** `POST /v1/runs`. */
export const StartRunRequest = closed(
  {
    workflow: WorkflowName,
    version: Type.Optional(
      Type.String({ ...Version, description: 'Of the workflow; the newest unless given.' }),
    ),
    trigger: Type.Unknown({
      description:
        'An object; its schema is the workflow\'s `triggerSchema`. Defaults are filled in, and `{"artifactId": …}` becomes the file that it names.',
    }),
    options: Type.Optional(RunOptions),
  },
  { title: 'StartRunRequest' },
);
export type StartRunRequest = Static<typeof StartRunRequest>;

export const StartRunHeaders = closed({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,200}$',
      description:
        'Up to 200 visible ASCII characters, unique per tenant. The same body under the same key answers with the same run; another body is refused.',
    }),
  ),
});

/** One step of a run. */
export const RunStep = closed(
  {
    id: Uuid,
    stepId: Type.String(),
    kind: oneOf('step', 'map', 'child', 'gate'),
    skillId: Type.String({ description: 'Of a `step`; otherwise `$map`, `$child` or `$gate`.' }),
    childRunId: Type.Optional(Type.String({ ...Uuid, description: 'Of a child: its run.' })),
    items: Type.Optional(MapItemCounts),
    position: Type.Integer({ minimum: 0, description: 'Order in the graph, from 0.' }),
    status: RunStepStatus,
    reason: Type.Optional(oneOf('cache_hit', 'blocked', 'condition_false', 'cancelled')),
    waitingOn: Type.Optional(AnyObject),
    inputHash: Type.String({ minLength: 1 }),
    cacheKey: Type.Optional(Type.String()),
    cacheHit: Type.Boolean(),
    madeByRunId: Type.Optional(
      Type.String({ ...Uuid, description: 'Of a result that was there already: the run that executed it.' }),
    ),
    attempt: Type.Integer({ minimum: 1 }),
    outputArtifactIds: Type.Array(Uuid),
    output: Type.Optional(AnyJson),
    durationMs: Type.Optional(Type.Integer({ minimum: 0 })),
    error: Type.Optional(Type.String()),
    errorCode: Type.Optional(Type.String()),
    startedAt: Type.Optional(Instant),
    completedAt: Type.Optional(Instant),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { title: 'RunStep' },
);
export type RunStep = Static<typeof RunStep>;

const summary = {
  id: Uuid,
  workflowName: Type.String(),
  workflowVersion: Type.String(),
  status: RunStatus,
  trigger: AnyObject,
  options: Type.Optional(RunOptions),
  error: Type.Optional(Type.String()),
  errorCode: Type.Optional(Type.String()),
  temporalWorkflowId: Type.String({ description: "The run's workflow id in Temporal." }),
  graphDigest: Type.String(),
  rootRunId: Uuid,
  parentRunId: Type.Optional(
    Type.String({ ...Uuid, description: 'The run whose step has started this one.' }),
  ),
  retryOfRunId: Type.Optional(Uuid),
  forkOfRunId: Type.Optional(Uuid),
  forkFromStepId: Type.Optional(
    Type.String({ description: 'Of a fork: the step from which on it is done anew.' }),
  ),
  inputEdits: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'Of a fork: JSON Merge Patches (RFC 7396) onto the inputs of steps, by step id.',
    }),
  ),
  scheduleId: Type.Optional(Type.String({ description: 'The schedule that has started it.' })),
  scheduledFor: Type.Optional(
    Type.String({ ...Instant, description: 'Of a scheduled run: the time that it is for, without jitter.' }),
  ),
  waitingSince: Type.Optional(
    Type.String({
      ...Instant,
      description:
        'Of a queued run that waits for its turn, as its tenant runs as many at once as it may: since when.',
    }),
  ),
  startedAt: Type.Optional(Instant),
  completedAt: Type.Optional(Instant),
  createdAt: Instant,
  updatedAt: Instant,
};

/** A run in a list. */
export const RunSummary = closed(summary, { title: 'RunSummary' });
export type RunSummary = Static<typeof RunSummary>;

/** A run with its steps in the order of the graph. */
export const Run = closed(
  { ...summary, context: AnyObject, output: Type.Optional(AnyJson), steps: Type.Array(RunStep) },
  { title: 'Run' },
);
export type Run = Static<typeof Run>;

export const RunList = page('RunList', RunSummary);
export type RunList = Static<typeof RunList>;

export const RunListQuery = closed({
  ...PageQuery,
  status: Type.Optional(RunStatus),
  workflow: Type.Optional(WorkflowName),
  parentRunId: Type.Optional(
    Type.String({ ...Uuid, description: 'Only runs that steps of this one have started.' }),
  ),
  scheduleId: Type.Optional(Type.String({ ...Uuid, description: 'Only runs of this schedule.' })),
  children: Type.Optional(
    Type.Unsafe<'true' | 'false'>({
      ...oneOf('true', 'false'),
      description: '`true`: also runs that steps of others have started. Left out unless asked for.',
    }),
  ),
});

export const IdParams = closed({ id: Uuid });
