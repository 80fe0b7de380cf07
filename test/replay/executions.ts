import type { Client } from '@temporalio/client';
import { plainHistory } from './history-form.js';
import type { RecordedShape } from './history-files.js';

type Executions = RecordedShape['executions'];
interface Execution {
  readonly workflowId: string;
  readonly runId?: string;
}

/** The histories of an execution, of those that it has started, and of those that it has continued as. */
export async function executionsOf(client: Client, execution: Execution): Promise<Executions> {
  const { workflowId, runId } = execution;
  const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
  // The records say a moment earlier that a run has ended. How it ended is in the history.
  await handle.result().catch(() => undefined);
  const history = plainHistory(await handle.fetchHistory());
  const more = history.events.flatMap(event => followers(event, workflowId));
  const histories = [{ workflowId, history }];
  for (const each of more) histories.push(...(await executionsOf(client, each)));
  return histories;
}

function followers(event: Readonly<Record<string, unknown>>, workflowId: string): readonly Execution[] {
  const started = event['childWorkflowExecutionStartedEventAttributes'] as
    { workflowExecution: Execution } | undefined;
  const continued = event['workflowExecutionContinuedAsNewEventAttributes'] as
    { newExecutionRunId: string } | undefined;
  return [
    ...(started ? [started.workflowExecution] : []),
    ...(continued ? [{ workflowId, runId: continued.newExecutionRunId }] : []),
  ];
}
