import {
  CancellationScope,
  CancelledFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  executeChild as executeWorkflow,
  isCancellation,
  ParentClosePolicy,
  sleep,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { ChildEnd, ChildNode, DamagedChild, OpenChild, SettledStep } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import type { Surroundings } from './surroundings.js';

/** How often a child is looked at that another than this workflow has started. Milliseconds. */
const LOOK_EVERY_MS = 5_000;

/**
 * Has a run of another workflow do the node, in an execution of its own, and takes its output. When this one is
 * cancelled the child is too, and is waited for; when this one is terminated Temporal asks the child to stop.
 */
export async function executeChild(node: ChildNode, around: Surroundings): Promise<SettledStep> {
  const { run, nameOf } = around;
  const child = { ...run, stepId: nameOf(node.id) };
  const opened = await open(node, around);
  if (opened.kind !== 'open') return opened;
  try {
    const end = await endOf(node, opened, around);
    for (;;) {
      const answer = await records.endChild({ ...child, end });
      if (answer.kind !== 'running') return answer;
      await sleep(LOOK_EVERY_MS);
    }
  } catch (error) {
    // It may have been recorded, and never begun: nobody else would end it soon.
    if (isCancellation(error))
      await CancellationScope.nonCancellable(() => records.endChild({ ...child, end: 'cancelled' }));
    throw error;
  }
}

/** Files that the child is given are made again where they are damaged. */
async function open(
  node: ChildNode,
  { run, nameOf, input, repairs }: Surroundings,
): Promise<SettledStep | OpenChild> {
  const { workflow, workflowVersion } = node;
  const opening = { ...run, stepId: nameOf(node.id), workflow, workflowVersion, trigger: input(node) };
  let answer: SettledStep | OpenChild | DamagedChild | undefined;
  await repairs.untilWhole(async () => {
    answer = await records.openChild(opening);
    return answer.kind === 'damaged' ? answer.digests : [];
  });
  return answer as SettledStep | OpenChild;
}

/** Starts the child's workflow and waits for its end. @throws the cancellation of this workflow. */
async function endOf(
  { workflow, workflowVersion }: ChildNode,
  { childRunId, temporalWorkflowId, tags }: OpenChild,
  { run }: Surroundings,
): Promise<ChildEnd> {
  const { runId, tenantId } = run;
  try {
    await executeWorkflow(workflow, {
      workflowId: temporalWorkflowId,
      args: [{ runId: childRunId, tenantId }],
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      typedSearchAttributes: [
        { key: { name: 'CairnTenant', type: 'KEYWORD' }, value: tenantId },
        { key: { name: 'CairnRunId', type: 'KEYWORD' }, value: childRunId },
        ...(tags.length > 0
          ? [{ key: { name: 'CairnTags', type: 'KEYWORD_LIST' as const }, value: [...tags] }]
          : []),
      ],
      staticSummary: [`${workflow} ${workflowVersion}`, ...tags].join(' · ').slice(0, 200),
      staticDetails: `Run \`${childRunId}\` of \`${workflow}\` ${workflowVersion}, for a step of run \`${runId}\``,
    });
    return 'completed';
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    return endIn(error);
  }
}

/** How the child has ended, by what waiting for it has thrown. */
function endIn(error: unknown): ChildEnd {
  // It runs already, e.g. because this workflow was reset.
  if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return 'unknown';
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  if (cause instanceof CancelledFailure) return 'cancelled';
  if (cause instanceof TerminatedFailure) return 'terminated';
  if (cause instanceof TimeoutFailure) return 'timed_out';
  return 'failed';
}
