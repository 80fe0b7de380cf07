import type { Fault } from './fault-plan.js';
import type { AcceptedRun, Load } from './load.js';
import type { RunRow } from './outcomes.js';
import { inputOf, type Reference } from './reference.js';

/** Within which every accepted run has ended, from the last fault. */
export const TERMINAL_WITHIN_MS = 120_000;
/** The only workflow that is told to fail. */
const BROKEN = { workflow: 'toy.broken', errorCode: 'TOY_FAILED' };

export interface Outcomes {
  /** How many runs ended in which way: the status, with the error's code for a failure. */
  readonly byStatus: ReadonlyMap<string, number>;
  /** From the last fault to the last run's end; 0 when all had ended before. Milliseconds. */
  readonly slowestMs: number;
  /** What must not be, in words. */
  readonly problems: readonly string[];
}

/** Holds the runs that were accepted against what is recorded. */
export function judgeRuns(load: Load, rows: readonly RunRow[], faults: readonly Fault[]): Outcomes {
  const problems: string[] = [...load.wrongAnswers];
  const byStatus = new Map<string, number>();
  const byId = new Map(rows.map(row => [row.id, row]));
  const lastFault = Math.max(0, ...faults.map(endOf));
  let slowestMs = 0;
  for (const run of load.accepted) {
    const row = byId.get(run.runId);
    if (!row) {
      problems.push(`run ${run.runId} was accepted (${run.idempotencyKey}), and is not recorded`);
      continue;
    }
    byId.delete(run.runId);
    const outcome = row.status === 'failed' ? `failed ${row.errorCode}` : row.status;
    byStatus.set(outcome, (byStatus.get(outcome) ?? 0) + 1);
    slowestMs = Math.max(slowestMs, (row.completedAt ?? Date.now()) - lastFault);
    const problem = problemOf(run, row);
    if (problem) problems.push(`run ${run.runId} (${run.workflow}) ${problem}`);
  }
  if (slowestMs > TERMINAL_WITHIN_MS)
    problems.push(`the last run ended ${seconds(slowestMs)} s after the last fault`);
  for (const [key, why] of load.refused) problems.push(`the start under ${key} was never accepted: ${why}`);
  for (const { id, idempotencyKey } of byId.values())
    if (!load.refused.has(idempotencyKey)) problems.push(`run ${id} is recorded, and nobody asked for it`);
  return { byStatus, slowestMs, problems };
}

/** Holds every completed run against an undisturbed one of the same input. */
export function judgeResults(load: Load, rows: readonly RunRow[], reference: Reference): readonly string[] {
  const byId = new Map(rows.map(row => [row.id, row]));
  return [
    ...reference.problems,
    ...load.accepted.flatMap(run => {
      const row = byId.get(run.runId);
      if (row?.status !== 'completed') return [];
      const expected = reference.results.get(inputOf(run));
      if (expected === row.result) return [];
      return [`run ${run.runId} (${run.workflow}) made ${row.result}; undisturbed, it makes ${expected}`];
    }),
  ];
}

function problemOf(run: AcceptedRun, row: RunRow): string | undefined {
  const { status, errorCode, error } = row;
  if (status === 'queued' || status === 'running') return `is still ${status}: ${row.open}`;
  if (status === 'cancelled')
    return run.cancelled ? undefined : `is cancelled (${errorCode}: ${error}), and nobody asked for that`;
  const broken = run.workflow === BROKEN.workflow;
  if (status === 'completed') return broken ? 'is completed though it is told to fail' : undefined;
  if (broken && errorCode === BROKEN.errorCode) return undefined;
  return `failed with ${errorCode}: ${error}`;
}

/** A kill is over at once; a disk is full until there is room again. */
const endOf = ({ kind, from, to }: Fault): number => (kind === 'disk' ? to : from);

export const seconds = (ms: number): string => (ms / 1000).toFixed(1);
