import { events } from '@cairn/dto';

/** What neither PostgreSQL nor UTF-8 can hold: U+0000, and halves of surrogate pairs. */
const UNFIT = /[\0\p{Surrogate}]/gu;
/** The same as JSON writes it; also where it stands for itself, which is rare enough. */
const UNFIT_JSON = /\\u0000|\\ud[89a-f]/i;

/** A text as an event takes it, cut to what fits a line. @param most UTF-16 code units */
export function cleanText(text: string, most = events.MOST_LOG_LINE): string {
  return text.slice(0, most).replace(UNFIT, '\uFFFD');
}

/** Fields of a line as an event takes them. What is no JSON, or too much of it, is left out, and this is said. */
export function cleanFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const json = jsonOf(fields);
  if (json === undefined || UNFIT_JSON.test(json)) return { omitted: 'no JSON' };
  const bytes = Buffer.byteLength(json);
  if (bytes > events.MOST_LOG_DATA) return { omitted: `${bytes} bytes of JSON` };
  return JSON.parse(json) as Record<string, unknown>;
}

function jsonOf(fields: unknown): string | undefined {
  try {
    return JSON.stringify(fields, (_key, value: unknown) =>
      typeof value === 'string' ? value.replace(UNFIT, '\uFFFD') : value,
    );
  } catch {
    return undefined;
  }
}
