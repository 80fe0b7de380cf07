import createFetchClient, { type Client } from 'openapi-fetch';
import { errorOf, unreachable } from './api-error.js';
import type { Run, paths } from './generated/openapi.js';
import { withKey } from './with-key.js';

/** What each call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What calls take that make a run. */
export interface NewRunOptions extends CallOptions {
  readonly idempotencyKey?: string;
}
/** A run, and whether an earlier request with the same idempotency key had made it. */
export interface NewRun {
  readonly run: Run;
  readonly replayed: boolean;
}

interface Reply<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** How calls are made and read. Each throws CairnApiError, and the signal's reason when that aborts. */
export interface Wire {
  readonly baseUrl: string;
  /** Sends the key, if there is one. */
  readonly fetch: typeof globalThis.fetch;
  readonly http: Client<paths>;
  /** The answer, whether it is a good one or not. */
  reply<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  read<T>(call: Promise<Reply<T>>, signal: AbortSignal | undefined): Promise<T>;
  /** For answers without a body. */
  done(call: Promise<Reply<unknown>>, signal: AbortSignal | undefined): Promise<void>;
  made(call: Promise<Reply<Run>>, signal: AbortSignal | undefined): Promise<NewRun>;
}

export function openWire(baseUrl: string, apiKey: string | undefined, given: typeof globalThis.fetch): Wire {
  const fetch = withKey(given, apiKey);
  const reply: Wire['reply'] = (call, signal) =>
    call.catch((error: unknown) => {
      throw unreachable(baseUrl, error, signal);
    });
  const ask = async <T>(call: Promise<Reply<T>>, signal: AbortSignal | undefined) => {
    const { data, error, response } = await reply(call, signal);
    if (!response.ok || data === undefined) throw errorOf(response.status, error);
    return { data, response };
  };
  return {
    ...{ baseUrl, fetch, reply },
    http: createFetchClient<paths>({ baseUrl, fetch }),
    read: async (call, signal) => (await ask(call, signal)).data,
    done: async (call, signal) => {
      const { response, error } = await reply(call, signal);
      if (!response.ok) throw errorOf(response.status, error);
    },
    made: async (call, signal) => {
      const { data, response } = await ask(call, signal);
      return { run: data, replayed: response.headers.get('idempotency-replayed') === 'true' };
    },
  };
}

/** Parameters of a path with one id. */
export const byId = (id: string) => ({ path: { id } });

/** Parameters of a call that makes a run. */
export const keyed = ({ idempotencyKey }: NewRunOptions) => ({
  header: idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey },
});
