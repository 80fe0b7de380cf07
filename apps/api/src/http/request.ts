import type { IncomingMessage } from 'node:http';
import type { Caller } from '../auth/caller.js';

/** A request as the adapter hands it on, and what guard and validation add. */
export interface ApiRequest extends IncomingMessage {
  readonly originalUrl: string;
  readonly params: unknown;
  readonly query: unknown;
  body: unknown;
  /** Set by authentication, of what is not for everybody. */
  caller?: Caller;
  /** Set with it: whether the same key would still be taken. Rejects while the database is away. */
  stillAdmitted?: () => Promise<boolean>;
  /** The caller's, unless that is the operator. */
  tenantId?: string | undefined;
  /** Set by validation: what the operation takes, checked. */
  input?: unknown;
}
