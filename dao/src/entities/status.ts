/** The life of a run; `state-machine.ts` says which change is legal. */
export const RUN_STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** A run in one of these never changes its status again. */
export const TERMINAL_RUN_STATUSES = [
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly RunStatus[];
export type TerminalRunStatus = (typeof TERMINAL_RUN_STATUSES)[number];

/** The life of one step of a run. */
export const RUN_STEP_STATUSES = ['pending', 'running', 'completed', 'failed', 'skipped'] as const;
export type RunStepStatus = (typeof RUN_STEP_STATUSES)[number];

/** A step in one of these never changes its status again. */
export const TERMINAL_RUN_STEP_STATUSES = [
  'completed',
  'failed',
  'skipped',
] as const satisfies readonly RunStepStatus[];

/** Why a step was skipped: its result was in the cache, an upstream step failed, its condition was false, or the run was cancelled. */
export const STEP_REASONS = ['cache_hit', 'blocked', 'condition_false', 'cancelled'] as const;
export type StepReason = (typeof STEP_REASONS)[number];

/** Who may reuse a cached result: any run of the tenant, or retries and resumes of the same run. */
export const CACHE_SCOPES = ['global', 'run_only'] as const;
export type CacheScope = (typeof CACHE_SCOPES)[number];

/** How an execution ended that others waited for. */
export const CLAIM_OUTCOMES = ['succeeded', 'failed'] as const;
export type ClaimOutcomeKind = (typeof CLAIM_OUTCOMES)[number];

/** What a step of a graph is: a skill's execution, or one of the shapes around them. */
export const STEP_KINDS = ['step', 'map', 'child', 'gate'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** The life of an item of a map. */
export const MAP_ITEM_STATUSES = ['pending', 'done', 'failed'] as const;
export type MapItemStatus = (typeof MAP_ITEM_STATUSES)[number];

/** The life of a gate. */
export const GATE_STATUSES = ['open', 'approved', 'rejected', 'closed'] as const;
export type GateStatus = (typeof GATE_STATUSES)[number];

/** What a gate's deadline decides. */
export const GATE_DEFAULTS = ['approve', 'reject'] as const;
export type GateDefault = (typeof GATE_DEFAULTS)[number];
