import type { WakeControl } from '@cairn/engine';
import { WAKE_SIGNAL } from '@cairn/pipeline';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/** Wakes runs by a signal to their workflows. */
export function temporalWake(client: Client): WakeControl {
  return {
    wake: async (temporalWorkflowId, stepId) => {
      try {
        await client.workflow.getHandle(temporalWorkflowId).signal(WAKE_SIGNAL, stepId);
      } catch (error) {
        // The run has ended meanwhile.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
