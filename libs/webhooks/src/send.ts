import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { AddressRules } from './address-rules.js';
import { assertReachable, checkedLookup, hostOf, type Resolver } from './target.js';

/** What a receiver may answer before it is hung up on: nobody reads it. Bytes. */
const MOST_ANSWER = 64 * 1024;
const MOST_ERROR = 300;

export interface SendSettings {
  readonly rules: AddressRules;
  /** For all of it: finding the address, connecting, sending, the answer. Milliseconds. */
  readonly timeoutMs: number;
  /** Instead of the machine's. */
  readonly resolver?: Resolver;
  readonly signal?: AbortSignal;
}

/** How an attempt came out. Only a status of 2xx is a success. */
export interface Outcome {
  readonly ok: boolean;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** What went wrong, in one line. */
  readonly error?: string;
  readonly durationMs: number;
  /** From now on, where the receiver says so by `Retry-After`. Milliseconds. */
  readonly retryAfterMs?: number;
}

/** POSTs a body once. Redirects are not followed. Never throws: what goes wrong is the outcome. */
export async function send(
  url: URL,
  { headers, body }: { headers: Readonly<Record<string, string>>; body: string },
  settings: SendSettings,
): Promise<Outcome> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  try {
    const { statusCode: status = 0, headers: answered } = await exchange(url, headers, body, settings);
    const ok = status >= 200 && status < 300;
    const retryAfterMs = ok ? undefined : readRetryAfter(answered['retry-after']);
    return {
      ok,
      status,
      durationMs: took(),
      ...(!ok && {
        error: status < 400 ? `answered ${status}; redirects are not followed` : `answered ${status}`,
      }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  } catch (error) {
    return { ok: false, error: reasonOf(error, settings.timeoutMs), durationMs: took() };
  }
}

async function exchange(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { rules, timeoutMs, resolver, signal: stopping }: SendSettings,
): Promise<IncomingMessage> {
  // For an address there is no look-up that could check it.
  if (isIP(hostOf(url))) assertReachable(hostOf(url), url.protocol, rules);
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = stopping ? AbortSignal.any([stopping, timeout]) : timeout;
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    lookup: checkedLookup(url.protocol, rules, resolver),
    // A connection of its own: one that is kept would have to be known to be still good.
    agent: false,
    signal,
  };
  const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = ask(url, options, response => {
      // The answer counts from its status on; the rest is let go, up to a bound, so that the receiver is not cut off.
      resolve(response);
      let seen = 0;
      response.on('data', (chunk: Buffer) => {
        seen += chunk.length;
        if (seen > MOST_ANSWER) request.destroy();
      });
      response.on('error', () => undefined);
    });
    request.on('error', error => reject(timeout.aborted ? timeout.reason : error));
    request.end(body);
  });
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  // What Node's own connecting by turns throws says nothing itself.
  const inner = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : undefined;
  const text = inner?.message || message || code || String(error);
  return text.replace(/\s+/g, ' ').slice(0, MOST_ERROR);
}

/** `Retry-After`, RFC 9110 10.2.3: seconds, or a date. Milliseconds from now on. */
export function readRetryAfter(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
