import type { IncomingMessage } from 'node:http';

/** A request as the adapter hands it on, and what guard and validation add. */
export interface ApiRequest extends IncomingMessage {
  readonly originalUrl: string;
  readonly params: unknown;
  readonly query: unknown;
  body: unknown;
  /** Set by the tenant guard. */
  tenantId?: string;
  /** Set by validation: what the operation takes, checked. */
  input?: unknown;
}
