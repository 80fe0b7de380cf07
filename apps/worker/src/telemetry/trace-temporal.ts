import { RUN_ID, TENANT, type Tracing } from '@cairn/telemetry';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import type { WorkerOptions } from '@temporalio/worker';

/** What a worker of Temporal's needs to go on with traces, beside interceptors in its bundle of workflows. */
export type TemporalTracing = Pick<WorkerOptions, 'interceptors' | 'sinks'>;

/** The part of `WorkflowInfo` that tells a run. */
interface Told {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly searchAttributes?: Readonly<Record<string, readonly unknown[] | undefined>>;
}

/**
 * Traces what Temporal executes: workflows, by interceptors in their sandbox whose spans come out through a sink, and
 * activities. The context travels in headers, which no replay looks at: histories that were recorded without replay
 * with it, and the other way round.
 */
export function traceTemporal({ processor, resource }: Tracing): TemporalTracing {
  const { fn } = makeWorkflowExporter(processor, resource).export;
  return {
    interceptors: {
      activity: [context => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) })],
    },
    // All of what Temporal knows of a workflow would be said with each span: memos and all.
    sinks: { exporter: { export: { fn: (info, spans) => fn(factsOf(info) as never, spans as never) } } },
  };
}

function factsOf({ workflowId, runId, workflowType, searchAttributes }: Told): Record<string, unknown> {
  const runOf = searchAttributes?.['CairnRunId']?.[0] ?? /^run-([0-9a-f-]{36})/.exec(workflowId)?.[1];
  const tenant = searchAttributes?.['CairnTenant']?.[0];
  return {
    'temporal.workflow_id': workflowId,
    'temporal.run_id': runId,
    'temporal.workflow_type': workflowType,
    ...(typeof runOf === 'string' && { [RUN_ID]: runOf }),
    ...(typeof tenant === 'string' && { [TENANT]: tenant }),
  };
}
