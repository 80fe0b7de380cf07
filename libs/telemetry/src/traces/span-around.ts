import { SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';

/**
 * Does work inside a span, a child of the one that is current. Without tracing it only does the work.
 *
 * @param work is given a function that says more of the span, once more is known
 * @throws what the work throws; the span says so too
 */
export function spanAround<T>(
  name: string,
  attributes: Attributes,
  work: (say: (more: Attributes) => void) => Promise<T>,
): Promise<T> {
  return trace.getTracer('cairn').startActiveSpan(name, { attributes }, async span => {
    try {
      return await work(more => void span.setAttributes(more));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      const { code } = (error ?? {}) as { code?: unknown };
      span.setAttribute('error.type', typeof code === 'string' ? code : nameOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
