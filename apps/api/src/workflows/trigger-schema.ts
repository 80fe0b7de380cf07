type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * A schema as clients must meet it: what has a default need not be sent. (The workflow's own schema describes the
 * trigger with its defaults filled in.)
 */
export function asSent(schema: unknown): Json {
  return sent(JSON.parse(JSON.stringify(schema))) as Json;
}

function sent(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(sent);
  if (!isObject(schema)) return schema;
  const { required, properties, ...rest } = schema;
  const fields = isObject(properties) ? properties : {};
  const hasDefault = (name: string) => isObject(fields[name]) && 'default' in fields[name];
  const needed = Array.isArray(required) ? (required as string[]).filter(name => !hasDefault(name)) : [];
  return {
    ...Object.fromEntries(
      Object.entries(rest).map(([key, value]) => [key, LITERAL.has(key) ? value : sent(value)]),
    ),
    ...(needed.length > 0 && { required: needed }),
    ...(isObject(properties) && {
      properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, sent(field)])),
    }),
  };
}

/** What these keywords hold is data, not a schema. */
const LITERAL = new Set(['default', 'const', 'enum', 'examples']);
