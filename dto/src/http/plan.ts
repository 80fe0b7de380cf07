import { Type, type Static } from 'typebox';
import { closed, oneOf, Version } from '../types/scalars.js';
import { ComparedWith, ReusedResult, StepChange } from './changes.js';
import { RunOptions, WorkflowName } from './runs.js';
import { Instant } from './scalars.js';

/** `POST /v1/runs/plan`: what `POST /v1/runs` takes. */
export const PlanRequest = closed(
  {
    workflow: WorkflowName,
    version: Type.Optional(
      Type.String({ ...Version, description: 'Of the workflow; the newest unless given.' }),
    ),
    trigger: Type.Unknown({ description: 'As for `POST /v1/runs`.' }),
    options: Type.Optional(RunOptions),
  },
  { title: 'PlanRequest' },
);
export type PlanRequest = Static<typeof PlanRequest>;

export const PlanVerdict = oneOf(
  'hit',
  'miss',
  'off',
  'hit_if_unchanged',
  'miss_if_unchanged',
  'off_if_unchanged',
  'waits',
  'undecided',
);
export type PlanVerdict = Static<typeof PlanVerdict>;

const Counts = closed(
  {
    hit: Type.Integer({ minimum: 0 }),
    miss: Type.Integer({ minimum: 0 }),
    off: Type.Integer({ minimum: 0 }),
    hit_if_unchanged: Type.Integer({ minimum: 0 }),
    miss_if_unchanged: Type.Integer({ minimum: 0 }),
    off_if_unchanged: Type.Integer({ minimum: 0 }),
    waits: Type.Integer({ minimum: 0 }),
    undecided: Type.Integer({ minimum: 0 }),
  },
  { title: 'PlanCounts' },
);
export type PlanCounts = Static<typeof Counts>;

/** Why a step is expected to execute. */
export const MissReason = oneOf(
  'first_time',
  'changed',
  'expired',
  'evicted',
  'bytes_gone',
  'refresh',
  'bypass',
  'never_cached',
  'run_only',
  'invalid',
);
export type MissReason = Static<typeof MissReason>;

/** What is done for the items of a map, by step of its body. */
const PlannedItems = closed(
  {
    stepId: Type.String(),
    skillId: Type.Optional(Type.String()),
    counts: Counts,
    examples: Type.Array(
      closed(
        {
          verdict: PlanVerdict,
          keys: Type.Array(Type.String(), { description: 'The first few items, by name.' }),
          message: Type.String({ description: 'Of the first of them.' }),
        },
        { title: 'PlannedItemExample' },
      ),
    ),
  },
  { title: 'PlannedItems' },
);

export const PlannedStep = closed(
  {
    stepId: Type.String({ description: 'That of a child’s step stands behind the child: `publish/render`.' }),
    kind: oneOf('step', 'map', 'child', 'gate'),
    skillId: Type.Optional(Type.String()),
    verdict: PlanVerdict,
    reason: Type.Optional(MissReason),
    message: Type.String({ description: 'The verdict in one line, with its reason.' }),
    openPaths: Type.Array(Type.String(), {
      description:
        'Outputs of steps that will execute first, as `step/field/field`: an “if unchanged” is about these.',
    }),
    against: Type.Optional(ComparedWith),
    changes: Type.Array(StepChange, {
      description: 'What differs from the nearest earlier execution, where the step is no hit.',
    }),
    hit: Type.Optional(ReusedResult),
    sameAs: Type.Optional(
      Type.String({ description: 'An earlier step of this run, of the same key: one execution for both.' }),
    ),
    cacheKey: Type.Optional(Type.String()),
    expectedMs: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The median of the last executions.' }),
    ),
    items: Type.Optional(Type.Array(PlannedItems)),
    itemCount: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { title: 'PlannedStep' },
);
export type PlannedStep = Static<typeof PlannedStep>;

/** The workers as far as they matter for one skill. */
export const PlannedSkill = closed(
  {
    skillId: Type.String(),
    version: Type.String(),
    liveBuilds: Type.Integer({ minimum: 0, description: 'Live builds that serve it in this version.' }),
    agree: Type.Boolean({ description: 'Whether the live builds would make the same keys.' }),
    plannedWith: Type.Optional(
      Type.String({ description: 'The build whose fingerprints the plan is made with: the last seen.' }),
    ),
    lastSeenAt: Type.Optional(Instant),
    message: Type.Optional(Type.String({ description: 'What is wrong.' })),
  },
  { title: 'PlannedSkill' },
);
export type PlannedSkill = Static<typeof PlannedSkill>;

/** What a run would do. */
export const Plan = closed(
  {
    workflowName: Type.String(),
    workflowVersion: Type.String(),
    graphDigest: Type.String(),
    message: Type.String(),
    counts: Counts,
    expected: closed(
      {
        surelyMs: Type.Integer({ minimum: 0, description: 'Of what surely executes.' }),
        ifUnchangedMs: Type.Integer({
          minimum: 0,
          description: 'Of what executes if open paths come out as before; what is undecided included.',
        }),
        atMostMs: Type.Integer({ minimum: 0, description: 'Of all that may execute.' }),
        withoutHistory: Type.Array(Type.String(), {
          description:
            'Steps that may execute, and of which no time is known; those of the items of a map together, as `build[].render`.',
        }),
      },
      {
        title: 'PlannedTime',
        description: 'The longest way through the graph, by the median of earlier executions.',
      },
    ),
    workers: closed(
      {
        ready: Type.Boolean({
          description: 'Whether each skill is served, in its version, by live workers of one build.',
        }),
        message: Type.String(),
        skills: Type.Array(PlannedSkill),
      },
      { title: 'PlannedWorkers' },
    ),
    steps: Type.Array(PlannedStep),
  },
  { title: 'Plan' },
);
export type Plan = Static<typeof Plan>;
