import type { TSchema } from 'typebox';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * The schema of a document as a person writes it, as plain JSON: what has a default need not be there. Validation
 * itself uses the schema of the complete document, after {@link withDefaults}.
 */
export function inputSchema(schema: TSchema): Json {
  return relax(JSON.parse(JSON.stringify(schema)) as Json) as Json;
}

function relax(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relax);
  if (!isObject(value)) return value;
  const { properties, required } = value;
  const relaxed = Object.fromEntries(
    // A default and the values of an enum are data, not schemas.
    Object.entries(value).map(([key, part]) => [key, DATA.has(key) ? part : relax(part)]),
  );
  if (!Array.isArray(required) || !isObject(properties)) return relaxed;
  const hasDefault = (key: unknown) => Object.hasOwn((properties[String(key)] ?? {}) as object, 'default');
  return { ...relaxed, required: required.filter(key => !hasDefault(key)) };
}
const DATA = new Set(['default', 'enum', 'const', 'examples']);
