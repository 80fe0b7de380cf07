import type { Client } from '@temporalio/client';

/** How many events Temporal keeps of a workflow, and how many tasks its worker was given to move it. */
export async function countEvents(
  client: Client,
  workflowId: string,
): Promise<{ events: number; workflowTasks: number }> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const all = events ?? [];
  const tasks = all.filter(event => event.workflowTaskCompletedEventAttributes);
  return { events: all.length, workflowTasks: tasks.length };
}
