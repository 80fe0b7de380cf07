import type { RequestHandler } from 'express';
import { ApiError } from './api-error.js';
import { methodsOf } from './routes.js';

/**
 * Refuses methods that a path does not take, before anything else of a request is looked at. The router alone would
 * take `/v1/runs/plan` for a run called plan.
 */
export const knownMethod: RequestHandler = (request, _response, next) => {
  const path = request.originalUrl.split('?', 1)[0]!;
  const methods = methodsOf(path);
  if (methods.length === 0 || methods.includes(request.method)) next();
  else next(methodRefused(path, methods));
};

/** Says which methods a path takes. */
export function methodRefused(path: string, methods: readonly string[]): ApiError {
  const allowed = methods.join(', ');
  return new ApiError('METHOD_NOT_ALLOWED', `${path} takes ${allowed}`, { Allow: allowed });
}
