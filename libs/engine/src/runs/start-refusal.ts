/** The trigger and the graph give no request to start the run with: the same every time. */
export class StartImpossibleError extends Error {
  override readonly name = 'StartImpossibleError';
}

/** gRPC's INVALID_ARGUMENT. */
const INVALID_ARGUMENT = 3;
/** A namespace that lacks a search attribute refuses every run alike, until it is registered. */
const NOT_REGISTERED = /no mapping defined for search attribute|search attribute \S+ is not defined/i;

interface Refusal {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** Whether starting the same run again is refused again, as Temporal's client and {@link StartImpossibleError} say. */
export function isRefusedForGood(error: unknown): boolean {
  const chain: Refusal[] = [];
  for (let next = error; next instanceof Error && !chain.includes(next); next = next.cause) chain.push(next);
  if (chain.some(({ message, details }) => NOT_REGISTERED.test(`${String(message)} ${String(details)}`)))
    return false;
  return chain.some(cause => cause.code === INVALID_ARGUMENT || cause instanceof StartImpossibleError);
}

/** What the innermost cause says: the outer ones only say that a start failed. */
export function reasonOf(error: unknown): string {
  return error instanceof Error
    ? error.cause instanceof Error
      ? reasonOf(error.cause)
      : error.message
    : String(error);
}
