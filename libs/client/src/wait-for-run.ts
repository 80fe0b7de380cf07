import { CairnApiError } from './api-error.js';
import type { Run } from './generated/openapi.js';
import { pause as sleep } from './pause.js';

/** How to wait for a run. */
export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Gives up after this long, in ms; never unless given. */
  readonly deadlineMs?: number;
  /** Between polls, in ms: from the first to the longest, half as much again each time nothing changed. 100 and 1000. */
  readonly pollMs?: readonly [first: number, longest: number];
  /** Called with the run whenever it changed, the first time included. */
  readonly onChange?: (run: Run) => void;
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/**
 * Reads a run until it has ended.
 * @throws CairnApiError; with code `DEADLINE` when it has not ended in time. An API that is away is asked again.
 */
export async function pollRun(
  read: (signal: AbortSignal | undefined) => Promise<Run>,
  runId: string,
  { signal, deadlineMs, pollMs: [first, longest] = [100, 1000], onChange }: WaitOptions,
): Promise<Run> {
  const end = deadlineMs === undefined ? Infinity : performance.now() + deadlineMs;
  let pause = first;
  let seen = '';
  for (;;) {
    const run = await read(signal).catch((error: unknown) => {
      if (error instanceof CairnApiError && error.retryable && performance.now() < end) return undefined;
      throw error;
    });
    const now = run && JSON.stringify(run);
    if (run && now !== undefined && now !== seen) {
      seen = now;
      pause = first;
      onChange?.(run);
    } else pause = Math.min(longest, pause * 1.5);
    if (run && ENDED.has(run.status)) return run;
    const left = end - performance.now();
    if (left <= 0) throw new CairnApiError('DEADLINE', `Run ${runId} has not ended in ${deadlineMs} ms`, 0);
    await sleep(Math.min(pause, left), signal);
  }
}
