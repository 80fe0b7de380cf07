import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { AnyJson, AnyObject, Instant } from './scalars.js';
import { WorkflowName } from './runs.js';

const workflow = {
  name: WorkflowName,
  version: Type.String(),
  title: Type.String(),
  stepCount: Type.Integer({ minimum: 0 }),
};
export const WorkflowSummary = closed(workflow, { title: 'WorkflowSummary' });
export type WorkflowSummary = Static<typeof WorkflowSummary>;

/** How a step is run. */
const StepPolicy = closed(
  {
    attempts: Type.Integer({ description: 'How often it is tried in all.' }),
    backoffMs: Type.Number({ description: 'The wait before the second attempt.' }),
    factor: Type.Optional(Type.Number({ description: 'Of each further wait to the one before.' })),
    maxBackoffMs: Type.Optional(Type.Number({ description: 'The longest wait.' })),
    nonRetryable: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Codes of errors after which there is no other attempt.',
      }),
    ),
    timeoutMs: Type.Number({ description: 'Of one attempt.' }),
    heartbeatMs: Type.Optional(
      Type.Number({ description: 'How long a worker may be silent before it is taken for dead.' }),
    ),
    queue: Type.Optional(Type.String()),
    cache: oneOf('global', 'run_only', 'never'),
    ttlMs: Type.Optional(Type.Number()),
  },
  { title: 'StepPolicy' },
);

const StepKind = oneOf('step', 'map', 'child', 'gate');

export const GraphStep = Type.Object(
  {
    kind: StepKind,
    id: Type.String(),
    input: AnyJson,
    when: Type.Optional(AnyJson),
    after: Type.Optional(Type.Array(Type.String())),
    skill: Type.Optional(Type.String({ description: 'Of a `step`.' })),
    skillVersion: Type.Optional(Type.String()),
    policy: Type.Optional(StepPolicy),
    workflow: Type.Optional(Type.String({ description: 'Of a `child`.' })),
    workflowVersion: Type.Optional(Type.String()),
    role: Type.Optional(Type.String({ description: 'Of a `gate`: who may decide.' })),
    withinMs: Type.Optional(Type.Number()),
    otherwise: Type.Optional(oneOf('approve', 'reject')),
    key: Type.Optional(Type.Unknown({ description: "Of a `map`: an item's name." })),
    parallel: Type.Optional(Type.Integer()),
    failures: Type.Optional(oneOf('stop', 'collect')),
    body: Type.Optional(
      Type.Array(AnyObject, { description: 'Of a `map`: what is done for an item, nodes like these.' }),
    ),
    result: Type.Optional(AnyJson),
  },
  { title: 'GraphStep' },
);

/** What a workflow is, in JSON; expressions are `lit`, `ref`, `obj`, `arr` and `op` nodes. */
export const Graph = Type.Object(
  {
    format: Type.String(),
    name: Type.String(),
    version: Type.String(),
    steps: Type.Array(GraphStep),
    output: AnyJson,
    search: AnyObject,
  },
  { title: 'Graph' },
);

export const WorkflowStep = closed(
  {
    id: Type.String(),
    kind: StepKind,
    skill: Type.Optional(Type.String({ description: 'Of a `step`.' })),
    workflow: Type.Optional(Type.String({ description: 'Of a `child`.' })),
    body: Type.Optional(
      Type.Array(Type.String(), { description: 'Of a `map`: the nodes that are done for each item.' }),
    ),
    dependsOn: Type.Array(Type.String()),
    unkeyed: Type.Array(Type.String(), {
      description: 'What reaches the step but stays out of its cache key.',
    }),
  },
  { title: 'WorkflowStep' },
);

export type WorkflowStep = Static<typeof WorkflowStep>;

/** A workflow with its graph and the schema of what starts it. */
export const Workflow = closed(
  {
    ...workflow,
    triggerSchema: AnyObject,
    steps: Type.Array(WorkflowStep),
    graph: Graph,
    graphDigest: Type.String(),
  },
  { title: 'Workflow' },
);
export type Workflow = Static<typeof Workflow>;

export const WorkflowList = closed({ items: Type.Array(WorkflowSummary) }, { title: 'WorkflowList' });
export const WorkflowParams = closed({ name: WorkflowName });
export const WorkflowQuery = closed({
  version: Type.Optional(Type.String({ maxLength: 64, description: 'The newest unless given.' })),
});

/** A skill as one build of the worker has it. */
export const SkillBuild = closed(
  {
    build: Type.String({ description: 'Digest of all that the worker would execute.' }),
    version: Type.String(),
    fingerprint: Type.String({ description: 'Digest of the code that would execute the skill.' }),
    queue: Type.Optional(Type.String({ description: 'Its task queue, where it is not the default one.' })),
    live: Type.Boolean({ description: 'Whether a worker said in the last 90 seconds that it serves it.' }),
    firstSeenAt: Instant,
    lastSeenAt: Instant,
  },
  { title: 'SkillBuild' },
);
export type SkillBuild = Static<typeof SkillBuild>;

export const Skill = closed(
  {
    id: Type.String(),
    version: Type.String(),
    title: Type.String(),
    description: Type.Optional(Type.String()),
    inputSchema: AnyObject,
    outputSchema: AnyObject,
    uses: Type.Array(Type.String(), { description: 'The model ports it asks for.' }),
    cache: Type.Optional(AnyJson),
    retry: Type.Optional(AnyObject),
    timeout: Type.Optional(Type.String()),
    heartbeat: Type.Optional(Type.String()),
    queue: Type.String({
      description: 'Where it waits unless a step says otherwise; `default` is the main queue.',
    }),
    concurrency: Type.Optional(Type.Integer({ description: 'At most so many at once in one worker.' })),
    builds: Type.Array(SkillBuild, {
      description: 'The builds of the worker that have served it in the last 30 days, the last seen first.',
    }),
  },
  { title: 'Skill' },
);
export type Skill = Static<typeof Skill>;
export const SkillList = closed({ items: Type.Array(Skill) }, { title: 'SkillList' });
