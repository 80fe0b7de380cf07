import type { Worker } from '@temporalio/worker';
import type { Log } from '@cairn/engine';

/** How long steps that are broken off may take to end. */
const BREAK_OFF_MS = 5_000;

/**
 * Runs the workers until the signal is aborted. Then they take no new tasks, and running steps go on for the drain
 * time, which was given to the workers; a step that is not done by then is broken off, to be taken up elsewhere.
 * One that does not obey is no reason to stay: the process ends with 0, and Temporal misses the step's heartbeat.
 *
 * @throws what ended a worker that was not told to end.
 */
export async function runUntil(
  stop: AbortSignal,
  workers: readonly Worker[],
  log: Log,
  drainMs: number,
): Promise<void> {
  const running = workers.map(worker => worker.run());
  const shutDown = () => {
    log.info(
      { drainMs },
      'the worker stops: it takes no new steps, and lets those that run go on for a while',
    );
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    setTimeout(() => leaveBehind(log), drainMs + BREAK_OFF_MS).unref();
  };
  stop.addEventListener('abort', shutDown);
  if (stop.aborted) shutDown();
  await Promise.all(running);
}

function leaveBehind(log: Log): void {
  log.warn({}, 'a step that was broken off did not end in time; it is left behind');
  process.exit(0);
}
