/** A record that a caller relied on does not exist, or belongs to another tenant. */
export class RecordNotFoundError extends Error {
  readonly code = 'NOT_FOUND';
  override readonly name = 'RecordNotFoundError';

  constructor(
    readonly record: string,
    readonly id: string,
  ) {
    super(`no ${record} ${id}`);
  }
}

/** Another run of the tenant already has this idempotency key: read it with `findByIdempotencyKey`. */
export class IdempotencyKeyTakenError extends Error {
  readonly code = 'IDEMPOTENCY_KEY_TAKEN';
  override readonly name = 'IdempotencyKeyTakenError';

  constructor(
    readonly tenantId: string,
    readonly idempotencyKey: string,
    options?: ErrorOptions,
  ) {
    super(`idempotency key ${JSON.stringify(idempotencyKey)} is taken`, options);
  }
}

/** Another key of the tenant that is not revoked has this name. */
export class KeyNameTakenError extends Error {
  readonly code = 'KEY_NAME_TAKEN';
  override readonly name = 'KeyNameTakenError';

  constructor(
    readonly tenantId: string,
    readonly keyName: string,
    options?: ErrorOptions,
  ) {
    super(`the name ${JSON.stringify(keyName)} is taken`, options);
  }
}

/** The connection of a transaction went away; nothing of it was kept, unless the COMMIT itself was on its way. */
export class DatabaseConnectionLostError extends Error {
  /** SQLSTATE for connection_failure. */
  readonly code = '08006';
  override readonly name = 'DatabaseConnectionLostError';

  constructor(options?: ErrorOptions) {
    super('the connection to the database was lost in a transaction', options);
  }
}

/** SQLSTATE 23505; `constraint` narrows it to one by name. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return chain(error).some(
    cause => cause.code === '23505' && (constraint === undefined || cause.constraint === constraint),
  );
}

/** Node's codes for a server that cannot be reached or went away. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Class 08 is connection exceptions; 57P01 to 57P03 a server shutting down, crashed or starting; 53300 too many
 * connections; 55P03 a lock that was not given in time, 25P03 a session ended because its transaction stood idle
 * (PostgreSQL manual, appendix A).
 */
const SQLSTATE_UNAVAILABLE = /^(08...|57P0[123]|53300|55P03|25P03)$/;

/** What pg, pg-pool and TypeORM say when they have no code for it. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)|(Query read timeout|Driver not Connected)$/;

/**
 * Whether an error says that PostgreSQL could not be reached, or not in time, rather than that it refused the
 * statement. Looks through TypeORM's wrapper, causes and aggregates (a host with several addresses).
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return chain(error).some(
    cause =>
      (typeof cause.code === 'string' &&
        (NETWORK_CODES.has(cause.code) || SQLSTATE_UNAVAILABLE.test(cause.code))) ||
      (typeof cause.message === 'string' && MESSAGES.test(cause.message)) ||
      cause.name === 'CannotExecuteNotConnectedError',
  );
}

interface ErrorLike {
  code?: unknown;
  message?: unknown;
  name?: unknown;
  constraint?: unknown;
  cause?: unknown;
  driverError?: unknown;
  errors?: unknown;
}

/** The error and everything it wraps, each once. */
function chain(error: unknown): ErrorLike[] {
  const found = new Set<ErrorLike>();
  const queue: unknown[] = [error];
  while (queue.length > 0) {
    const next = queue.shift();
    if (typeof next !== 'object' || next === null || found.has(next)) continue;
    const like: ErrorLike = next;
    found.add(like);
    queue.push(like.driverError, like.cause, ...(Array.isArray(like.errors) ? like.errors : []));
  }
  return [...found];
}
