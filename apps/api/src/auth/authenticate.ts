import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { ApiError } from '../http/api-error.js';
import type { ApiRequest } from '../http/request.js';
import { operationsAt } from '../http/routes.js';
import { unauthenticated, type Authority, type Identified } from './authority.js';
import type { Caller } from './caller.js';
import { type Allowance, TokenBuckets } from './token-buckets.js';

/**
 * Says whose a request is, before anything of its body is read, and that a key has not asked too often. What is for
 * everybody passes. The guard decides whether the caller may do what is asked.
 */
export function authenticate(authority: Authority): RequestHandler {
  const keys = new TokenBuckets();
  const failures = new TokenBuckets();
  const admit = async (request: IncomingMessage, response: ServerResponse): Promise<Caller> => {
    const identified = await authority.identify(request.headers.authorization);
    if (!identified) throw refusal(failures.take(addressOf(request), authority.failuresPerMinute));
    limit(keys, identified, response);
    return identified.caller;
  };
  return (request, response, next) => {
    if (isPublic(request.originalUrl)) return next();
    admit(request, response).then(caller => {
      const known = request as unknown as ApiRequest;
      known.caller = caller;
      known.tenantId = caller.tenantId;
      known.stillAdmitted = async () =>
        (await authority.identify(request.headers.authorization)) !== undefined;
      next();
    }, next);
  };
}

function isPublic(url: string): boolean {
  const operations = operationsAt(url.split('?', 1)[0]!);
  return operations.length > 0 && operations.every(({ access }) => access === 'public');
}

/** Counts a request of a key, and says in headers what is left (draft-ietf-httpapi-ratelimit-headers-10). */
function limit(keys: TokenBuckets, { caller, perMinute }: Identified, response: ServerResponse): void {
  if (perMinute === undefined || caller.keyId === undefined) return;
  const left = keys.take(caller.keyId, perMinute);
  response.setHeader('RateLimit-Policy', `"key";q=${perMinute};w=60`);
  response.setHeader('RateLimit', `"key";r=${left.remaining};t=${left.fullInS}`);
  if (!left.allowed) throw tooMany(`The key may make ${perMinute} requests a minute`, left);
}

const refusal = (left: Allowance): ApiError =>
  left.allowed ? unauthenticated() : tooMany('Too many requests without a valid key', left);

const tooMany = (detail: string, { nextInS }: Allowance): ApiError =>
  new ApiError('RATE_LIMITED', detail, { 'Retry-After': String(Math.max(1, nextInS)) });

/** Whom failures are counted for: an IPv4 address, or the network of an IPv6 address that one customer has. */
export function addressOf({ socket }: Pick<IncomingMessage, 'socket'>): string {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const first = head.split(':').filter(part => part !== '');
  const last = tail?.split(':').filter(part => part !== '') ?? [];
  const groups = [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
