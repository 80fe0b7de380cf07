import { CairnError } from '@cairn/dto';
import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';

/** Temporal cannot be reached, or not in time. */
export class TemporalUnavailableError extends CairnError {
  constructor(cause: unknown) {
    super('TEMPORAL_UNAVAILABLE', 'Temporal cannot be reached', { retryable: true, cause });
  }
}

/** gRPC's CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE. */
const UNAVAILABLE = new Set([1, 4, 8, 14]);
/**
 * How long a call may take, so that a request is answered quickly when Temporal is away: what is recorded is told to it
 * later. Milliseconds.
 */
export const CALL_MS = 2_000;
/** How long one may take without whose answer a request is refused: Temporal may only be slow. Milliseconds. */
export const NEEDED_MS = 8_000;

/**
 * Calls Temporal with a deadline.
 * @throws TemporalUnavailableError, or what the call throws.
 */
export async function temporalCall<T>(
  client: Client,
  call: () => Promise<T>,
  ms: number = CALL_MS,
): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + ms, call);
  } catch (error) {
    throw isUnavailable(error) ? new TemporalUnavailableError(error) : error;
  }
}

function isUnavailable(error: unknown): boolean {
  if (isGrpcServiceError(error)) return UNAVAILABLE.has(error.code);
  return error instanceof ServiceError && isUnavailable(error.cause);
}
