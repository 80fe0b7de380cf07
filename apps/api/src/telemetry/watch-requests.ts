import { AsyncResource } from 'node:async_hooks';
import { RUN_ID, serverSpan, withLogFields } from '@cairn/telemetry';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { ApiRequest } from '../http/request.js';
import { operationOf } from '../http/routes.js';

/** Who is told of a request once it is answered. */
export interface RequestWatchers {
  readonly log: Logger;
  /** Whether requests are spans of traces. */
  readonly tracing: boolean;
  /** Told the operation, the status and how long it took, in seconds. */
  readonly measure?: ((operation: string, status: number, seconds: number) => void) | undefined;
}

/** Of requests for what there is not. */
const NO_OPERATION = 'none';
const RUN = /\/v1\/runs\/([0-9a-f]{8}-[0-9a-f-]{27})/;

/**
 * Watches each request from its first line to the end of its answer: a span, a measurement, and a line in the log, at
 * `info` for what changes something, at `debug` for what only reads. Neither of them has queries, headers or bodies.
 */
export function watchRequests({ log, tracing, measure }: RequestWatchers): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const { method } = request;
    const [path = '/'] = request.originalUrl.split('?', 1);
    const found = operationOf(path, method);
    const operation = found?.id ?? NO_OPERATION;
    const fields = () => ({ ...callerOf(request), ...runOf(path, response), operation });
    const serve = () =>
      withLogFields(fields, () => {
        // Events come from elsewhere: the line is to say the same as those before it.
        const answered = AsyncResource.bind(() => {
          const ms = performance.now() - began;
          // A stream lasts for as long as its reader wants.
          const streams = String(response.getHeader('Content-Type')).startsWith('text/event-stream');
          if (!streams) measure?.(operation, response.statusCode, ms / 1_000);
          const line = {
            method,
            path,
            status: response.statusCode,
            ms: Math.round(ms),
            ...(!response.writableFinished && { aborted: true }),
          };
          log[method === 'GET' || method === 'HEAD' ? 'debug' : 'info'](line, 'request');
        });
        response.once('close', answered);
        next();
      });
    if (!tracing) return serve();
    const about = () => {
      const { runId } = runOf(path, response);
      return runId === undefined ? {} : { [RUN_ID]: runId };
    };
    serverSpan(request, response, { route: found?.spec.path, path }, about, serve);
  };
}

function callerOf(request: Request): { tenantId?: string; keyId?: string } {
  const { tenantId, caller } = request as unknown as ApiRequest;
  return {
    ...(tenantId !== undefined && { tenantId }),
    ...(caller?.keyId !== undefined && { keyId: caller.keyId }),
  };
}

/** The run that a request is about, or has made. */
function runOf(path: string, response: Response): { runId?: string } {
  const [, runId] = RUN.exec(path) ?? RUN.exec(String(response.getHeader('Location'))) ?? [];
  return runId === undefined ? {} : { runId };
}
