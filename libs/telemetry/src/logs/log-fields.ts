import { AsyncLocalStorage } from 'node:async_hooks';

/** What all lines say that are logged meanwhile: whose work it is. */
export interface LogFields {
  readonly tenantId?: string | undefined;
  readonly runId?: string | undefined;
  readonly stepId?: string | undefined;
  readonly attempt?: number | undefined;
  readonly operation?: string | undefined;
}

const current = new AsyncLocalStorage<LogFields>();

/** Does work whose log lines all have these fields, beside those that are set around it. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return current.run({ ...current.getStore(), ...fields }, work);
}

/** The fields that are set around the caller. */
export const logFields = (): LogFields => current.getStore() ?? {};
