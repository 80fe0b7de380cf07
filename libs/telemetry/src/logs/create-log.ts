import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { traceOf } from '../traces/trace-of.js';
import { logFields } from './log-fields.js';

/**
 * The log of a program: JSON, a line each, to standard output. Every line says whose work it is about, as far as
 * {@link withLogFields} was told, and names the trace that is current.
 */
export function createLog(name: string, level: string, destination?: DestinationStream): Logger {
  const mixin = () => ({ ...logFields(), ...traceOf() });
  const options: LoggerOptions = { name, level, mixin, serializers: { err: whatHappened } };
  return destination ? pino(options, destination) : pino(options);
}

/** Errors of drivers carry the values of their statements, and so what people have sent. */
function whatHappened(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type,
    message,
    ...(typeof code === 'string' && { code }),
    stack,
    ...(cause !== undefined && { cause: whatHappened(cause) }),
  };
}
