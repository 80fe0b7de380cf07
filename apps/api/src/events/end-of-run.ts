import { isTerminalRunStatus, type EventLog, type Run } from '@cairn/dao';

const ENDS = ['run.completed', 'run.failed', 'run.cancelled'];

/** Whether an event says that its run has ended. */
export const endsRun = (type: string): boolean => ENDS.includes(type);

/**
 * Where in the log a run has ended: at the event that says so, or, when there is none that is kept, at its last; 0 when
 * nothing of it is kept.
 * @returns undefined while it has not ended, or its end has no place in the log yet
 */
export async function endOfRun(log: EventLog, run: Run): Promise<number | undefined> {
  if (!isTerminalRunStatus(run.status) || (await log.hasUnsequenced(run.id))) return undefined;
  const latest = { order: 'newest', limit: 1, runId: run.id } as const;
  const [end] = await log.list(run.tenantId, { ...latest, types: ENDS });
  if (end) return end.position;
  const [last] = await log.list(run.tenantId, latest);
  return last?.position ?? 0;
}
