import type { Readings } from '@cairn/telemetry';
import type { Client } from '@temporalio/client';
import type { Pool } from '../pools.js';

/** Of Temporal's API: TASK_QUEUE_TYPE_ACTIVITY. */
const ACTIVITIES = 2;

/** How many steps wait in the queues of this process, and for how long the first of each does. @throws what Temporal does */
export async function readBacklogs(client: Client, pools: readonly Pool[]): Promise<Readings> {
  const { namespace } = client.options;
  const all = await Promise.all(
    pools.map(async ({ queue, taskQueue }) => {
      const { stats } = await client.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: ACTIVITIES,
        reportStats: true,
      });
      const { seconds = 0, nanos = 0 } = stats?.approximateBacklogAge ?? {};
      return {
        queue,
        count: Number(stats?.approximateBacklogCount ?? 0),
        age: Number(seconds) + Number(nanos) / 1e9,
      };
    }),
  );
  return {
    cairn_queue_backlog: Object.fromEntries(all.map(({ queue, count }) => [queue, count])),
    cairn_queue_backlog_age_seconds: Object.fromEntries(all.map(({ queue, age }) => [queue, age])),
  };
}
