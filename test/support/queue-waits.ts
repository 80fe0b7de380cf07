import { Client, Connection } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { temporalAddress } from './cairn.js';

/** How long the activities of each run have waited for a worker, by Temporal's history; all of a run's together. Milliseconds. */
export async function queueWaits(runIds: readonly string[]): Promise<number[]> {
  const connection = await Connection.connect({ address: temporalAddress() });
  try {
    const { workflow } = new Client({ connection });
    return await Promise.all(
      runIds.map(async id => {
        const { events } = await workflow.getHandle(`run-${id}`).fetchHistory();
        const timeOf = new Map(
          (events ?? []).map(({ eventId, eventTime }) => [`${eventId}`, tsToMs(eventTime)]),
        );
        const waits = (events ?? []).flatMap(({ eventId, activityTaskStartedEventAttributes: started }) =>
          started ? [timeOf.get(`${eventId}`)! - timeOf.get(`${started.scheduledEventId}`)!] : [],
        );
        return waits.reduce((sum, wait) => sum + wait, 0);
      }),
    );
  } finally {
    await connection.close();
  }
}
