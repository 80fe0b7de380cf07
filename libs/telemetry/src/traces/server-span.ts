import { context, propagation, SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is known of a request when it arrives. */
export interface ServedRoute {
  /** As OpenAPI writes it, e.g. `/v1/runs/{id}`; absent where nothing is served. */
  readonly route?: string | undefined;
  readonly path: string;
}

/**
 * Serves a request inside a span, which belongs to the trace of its `traceparent` header (W3C Trace Context) when it
 * has one. The span ends with the answer.
 *
 * @param more what else is known when the request has been answered
 */
export function serverSpan(
  request: IncomingMessage,
  response: ServerResponse,
  { route, path }: ServedRoute,
  more: () => Attributes,
  next: () => void,
): void {
  const method = request.method ?? 'GET';
  const parent = propagation.extract(context.active(), request.headers);
  const attributes: Attributes = {
    'http.request.method': method,
    'url.path': path,
    ...(route !== undefined && { 'http.route': route }),
  };
  const span = trace
    .getTracer('cairn')
    .startSpan(
      `${method}${route === undefined ? '' : ` ${route}`}`,
      { kind: SpanKind.SERVER, attributes },
      parent,
    );
  response.once('close', () => {
    span.setAttributes({ 'http.response.status_code': response.statusCode, ...more() });
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(parent, span), next);
}
