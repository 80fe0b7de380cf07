import { isSpanContextValid, trace } from '@opentelemetry/api';

/** The trace that is current, by the names that logs have for it; nothing without one. */
export function traceOf(): { readonly traceId?: string; readonly spanId?: string } {
  const context = trace.getActiveSpan()?.spanContext();
  return context && isSpanContextValid(context) ? { traceId: context.traceId, spanId: context.spanId } : {};
}
