/** What is shown of a text at most. UTF-16 code units. */
const MOST_TEXT = 120;
/** What is given of a value at most, as JSON. UTF-16 code units. */
const MOST_VALUE = 400;

/** A file as inputs hold it. */
interface FileValue {
  readonly type: string;
  readonly digest: string;
  readonly size: number;
  readonly filename?: string;
}

/** Whether a value of an input is a file. */
export function isFile(value: unknown): value is FileValue {
  if (value === null || typeof value !== 'object') return false;
  const { type, digest, size } = value as Partial<Record<keyof FileValue, unknown>>;
  return typeof type === 'string' && typeof size === 'number' && /^sha256:[0-9a-f]{64}$/.test(String(digest));
}

const cut = (text: string, most: number) => {
  if (text.length <= most) return text;
  // Not between the halves of a surrogate pair.
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** A digest as a person reads it. */
export const shortDigest = (digest: string): string => `${digest.slice(0, 'sha256:'.length + 12)}…`;

/** A value as text for a line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (isFile(value)) return `${value.filename ?? value.type} (${shortDigest(value.digest)})`;
  return cut(JSON.stringify(value), MOST_TEXT);
}

/** A value as an answer gives it: files by name and digest, large ones as the beginning of their JSON. */
export function asGiven(value: unknown): unknown {
  if (isFile(value)) {
    const { type, digest, filename } = value;
    return { type, digest, ...(filename !== undefined && { filename }) };
  }
  if (typeof value === 'string') return cut(value, MOST_VALUE);
  const json = JSON.stringify(value) as string | undefined;
  return json !== undefined && json.length > MOST_VALUE ? cut(json, MOST_VALUE) : value;
}
