import { ValidationError, type Issue } from '@cairn/dto';

/** When entries were made, as a request says it. */
interface AskedPeriod {
  readonly createdAfter?: string;
  readonly createdBefore?: string;
}

/** @throws ValidationError for an instant that no clock shows, such as a leap second. */
export function readPeriod({ createdAfter, createdBefore }: AskedPeriod): {
  createdAfter?: Date;
  createdBefore?: Date;
} {
  const given = Object.entries({ createdAfter, createdBefore }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, new Date(text)] as const],
  );
  const issues = given.flatMap(([name, date]): Issue[] =>
    Number.isNaN(date.getTime())
      ? [{ path: `/${name}`, code: 'VALIDATION_ERROR', message: 'must be an instant, as ISO 8601 writes it' }]
      : [],
  );
  if (issues.length > 0) throw new ValidationError(issues, 'The request');
  return Object.fromEntries(given);
}
