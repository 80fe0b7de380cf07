import { AsyncLocalStorage } from 'node:async_hooks';

/** What all lines say that are logged meanwhile: whose work it is. */
export interface LogFields {
  readonly tenantId?: string | undefined;
  readonly runId?: string | undefined;
  readonly stepId?: string | undefined;
  readonly attempt?: number | undefined;
  /** Of the API: the operation that is asked for, and by which key. */
  readonly operation?: string | undefined;
  readonly keyId?: string | undefined;
}

const current = new AsyncLocalStorage<() => LogFields>();

/**
 * Does work whose log lines all have these fields, beside those that are set around it.
 * @param fields asked anew for each line: some are known only later
 */
export function withLogFields<T>(fields: () => LogFields, work: () => T): T {
  const around = current.getStore();
  return current.run(around ? () => ({ ...around(), ...fields() }) : fields, work);
}

/** The fields that are set around the caller. */
export const logFields = (): LogFields => current.getStore()?.() ?? {};
