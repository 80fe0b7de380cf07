import type { RequestHandler } from 'express';
import { ApiError } from './api-error.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether a host name or address is this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/**
 * Keeps web pages out of an API that needs no keys. A page can point its own name at 127.0.0.1 (DNS rebinding), so
 * only loopback names are answered; and a page of another origin may send requests without reading the answers, so
 * whatever says that it comes from one is refused, reads too.
 */
export const localOnly: RequestHandler = (request, _response, next) => {
  const named = request.headers.host ?? '';
  const { origin } = request.headers;
  if (!isLoopback(named.replace(/:\d+$/, '')))
    next(new ApiError('FORBIDDEN_HOST', `${JSON.stringify(named)} is not this API`));
  else if (origin !== undefined && hostOf(origin) !== named.toLowerCase())
    next(new ApiError('FORBIDDEN_ORIGIN', `A page of ${JSON.stringify(origin)} may not do this`));
  else next();
};

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : undefined);
