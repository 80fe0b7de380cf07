import type { RequestHandler } from 'express';
import { ApiError } from './api-error.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether a host name or address is this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/**
 * Keeps web pages out. A page can point its own name at 127.0.0.1 (DNS rebinding), so an API that listens on this
 * machine only answers to loopback names; and a page of another origin may send requests without reading the
 * answers, so those that change something are refused.
 *
 * @param host where the API listens; beyond the loopback its names are not known, and only origins are compared.
 */
export function localOnly(host: string): RequestHandler {
  const checkHost = isLoopback(host);
  return (request, _response, next) => {
    const named = request.headers.host ?? '';
    const name = named.replace(/:\d+$/, '');
    const { origin } = request.headers;
    if (checkHost && !isLoopback(name))
      next(new ApiError('FORBIDDEN_HOST', `${JSON.stringify(named)} is not this API`));
    else if (origin !== undefined && !isRead(request.method) && hostOf(origin) !== named.toLowerCase())
      next(new ApiError('FORBIDDEN_ORIGIN', `A page of ${JSON.stringify(origin)} may not do this`));
    else next();
  };
}

const isRead = (method: string) => method === 'GET' || method === 'HEAD';
const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : undefined);
