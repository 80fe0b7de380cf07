import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry';
import type { WorkflowClientInterceptor } from '@temporalio/client';

/**
 * Hands the trace that is current on to workflows that are started. The reconciler's many questions to Temporal are no
 * news, and make no spans.
 */
export function traceStarts(): WorkflowClientInterceptor {
  const otel = new OpenTelemetryWorkflowClientInterceptor();
  return {
    start: (input, next) => otel.start(input, next),
    startWithDetails: (input, next) => otel.startWithDetails(input, next),
  };
}
