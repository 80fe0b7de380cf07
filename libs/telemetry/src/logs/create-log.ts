import { pino, type DestinationStream, type Logger } from 'pino';
import { traceOf } from '../traces/trace-of.js';
import { logFields } from './log-fields.js';

/**
 * The log of a program: JSON, a line each, to standard output. Every line says whose work it is about, as far as
 * {@link withLogFields} was told, and names the trace that is current.
 */
export function createLog(name: string, level: string, destination?: DestinationStream): Logger {
  const mixin = () => ({ ...logFields(), ...traceOf() });
  return destination ? pino({ name, level, mixin }, destination) : pino({ name, level, mixin });
}
