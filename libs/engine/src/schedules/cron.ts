interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  // 7 is Sunday too.
  { name: 'day of week', least: 0, most: 7, names: DAYS },
];
const WORDS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/**
 * What is wrong with a cron expression, in words; undefined when Temporal takes it. It takes more than this, as years
 * and seconds; what is the same everywhere is enough here, and can be checked while Temporal is away.
 */
export function cronMistake(expression: string): string | undefined {
  const text = expression.trim();
  if (text.startsWith('@'))
    return WORDS.has(text) ? undefined : `is none of ${[...WORDS].join(', ')}: ${text}`;
  const parts = text.split(/\s+/);
  if (parts.length !== FIELDS.length)
    return 'must have five fields: minute, hour, day of month, month, day of week';
  for (const [at, field] of FIELDS.entries())
    for (const part of parts[at]!.split(',')) {
      const mistake = partMistake(part, field);
      if (mistake) return `${mistake} in the ${field.name}: ${part === '' ? 'nothing' : part}`;
    }
  return undefined;
}

function partMistake(part: string, field: Field): string | undefined {
  const [span = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return 'has a wrong step';
  if (span === '*') return undefined;
  const [from = '', to, ...rest] = span.split('-');
  const first = valueOf(from, field);
  const last = to === undefined ? first : valueOf(to, field);
  const { least, most } = field;
  if (rest.length > 0 || first === undefined || last === undefined)
    return `has no number from ${least} to ${most}`;
  return last < first ? 'ends before it begins' : undefined;
}

function valueOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + least : /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
