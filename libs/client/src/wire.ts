import type { Client } from 'openapi-fetch';
import type { Run, paths } from './generated/openapi.js';

/** What each call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

interface Reply<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** How calls are made and read. */
export interface Wire {
  readonly http: Client<paths>;
  read<T>(call: Promise<Reply<T>>, signal: AbortSignal | undefined): Promise<T>;
  /** For answers without a body. */
  done(call: Promise<Reply<unknown>>, signal: AbortSignal | undefined): Promise<void>;
  made(
    call: Promise<Reply<Run>>,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly run: Run; readonly replayed: boolean }>;
}
