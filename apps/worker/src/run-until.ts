import { GracefulShutdownPeriodExpiredError, type Worker } from '@temporalio/worker';
import type { Log } from '@cairn/engine';

/**
 * Runs the workers until the signal is aborted. Then they take no new tasks, and running steps go on for the drain
 * time, which was given to the workers; a step that is not done by then is broken off, to be taken up elsewhere.
 *
 * @throws what ended a worker that was not told to end.
 */
export async function runUntil(
  stop: AbortSignal,
  workers: readonly Worker[],
  log: Log,
  drainMs: number,
): Promise<void> {
  const running = workers.map(worker => worker.run().catch(leaveBehind(log)));
  const shutDown = () => {
    log.info(
      { drainMs },
      'the worker stops: it takes no new steps, and lets those that run go on for a while',
    );
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  stop.addEventListener('abort', shutDown);
  if (stop.aborted) shutDown();
  await Promise.all(running);
}

/** A step that does not obey its signal is no reason to stay: Temporal misses its heartbeat. */
const leaveBehind = (log: Log) => (error: unknown) => {
  if (!(error instanceof GracefulShutdownPeriodExpiredError)) throw error;
  log.warn({}, 'a step that was broken off did not end in time; it is left behind');
};
