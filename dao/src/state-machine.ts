import type { RunStatus, RunStepStatus } from './entities/status.js';

/**
 * Every legal change of status; any other is refused. What fails before it could start passes through `running`, so
 * there is no way from `queued` or `pending` to `failed`. A step's `running → running` is a new attempt.
 */
const RUN_TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'cancelled'],
  running: ['completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

const STEP_TRANSITIONS: Readonly<Record<RunStepStatus, readonly RunStepStatus[]>> = {
  pending: ['running', 'skipped'],
  running: ['running', 'completed', 'failed'],
  completed: [],
  failed: [],
  skipped: [],
};

/** A change of status that the state machine does not have. */
export class InvalidTransitionError extends Error {
  readonly code = 'INVALID_TRANSITION';
  override readonly name = 'InvalidTransitionError';

  constructor(
    readonly record: 'run' | 'step',
    readonly from: string,
    readonly to: string,
  ) {
    super(`a ${record} cannot go from ${from} to ${to}`);
  }
}

/** @throws InvalidTransitionError when a run in `from` cannot become `to`. */
export function assertRunTransition(from: RunStatus, to: RunStatus): void {
  if (!RUN_TRANSITIONS[from].includes(to)) throw new InvalidTransitionError('run', from, to);
}

/** @throws InvalidTransitionError when a step in `from` cannot become `to`. */
export function assertStepTransition(from: RunStepStatus, to: RunStepStatus): void {
  if (!STEP_TRANSITIONS[from].includes(to)) throw new InvalidTransitionError('step', from, to);
}

/** The statuses from which a run may become `to`: the WHERE clause of a conditional update. */
export function runStatusesBefore(to: RunStatus): RunStatus[] {
  return sources(RUN_TRANSITIONS, to);
}

/** The statuses from which a step may become `to`: the WHERE clause of a conditional update. */
export function stepStatusesBefore(to: RunStepStatus): RunStepStatus[] {
  return sources(STEP_TRANSITIONS, to);
}

/** A run that has ended: no transition leads out. */
export function isTerminalRunStatus(status: RunStatus): boolean {
  return RUN_TRANSITIONS[status].length === 0;
}

/** A step that has ended: no transition leads out. */
export function isTerminalStepStatus(status: RunStepStatus): boolean {
  return STEP_TRANSITIONS[status].length === 0;
}

function sources<S extends string>(table: Readonly<Record<S, readonly S[]>>, to: S): S[] {
  return (Object.keys(table) as S[]).filter(from => table[from].includes(to));
}
