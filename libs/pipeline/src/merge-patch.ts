type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
/** A file of a step's input: one thing, of which no part is changed. */
const isFile = ({ type, digest, size }: Fields): boolean =>
  typeof type === 'string' &&
  typeof digest === 'string' &&
  typeof size === 'number' &&
  digest.startsWith('sha256:');

/**
 * A JSON Merge Patch applied (RFC 7396): members of the patch replace those of the same name, objects are merged, null
 * takes a member away. A file is replaced whole. The target stays as it is.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch) || isFile(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch))
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  return Object.fromEntries(merged);
}

/**
 * One patch that does what the two do one after the other.
 * @returns undefined where no patch can: the second merges into what the first has removed or replaced by something
 *   that is no object
 */
export function joinPatches(first: Fields, second: Fields): Fields | undefined {
  const joined = new Map(Object.entries(first));
  for (const [key, value] of Object.entries(second)) {
    const before = joined.get(key);
    const merges = isObject(value) && !isFile(value);
    if (!merges || !joined.has(key)) joined.set(key, value);
    else {
      const both = isObject(before) && !isFile(before) ? joinPatches(before, value) : undefined;
      if (!both) return undefined;
      joined.set(key, both);
    }
  }
  return Object.fromEntries(joined);
}
