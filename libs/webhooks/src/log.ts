/** The part of a pino logger that is written to. */
export interface Log {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
