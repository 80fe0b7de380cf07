import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** A copy of the value with the schema's defaults where something is absent. The argument stays as it is. */
export function withDefaults(schema: TSchema, value: unknown): unknown {
  return Value.Default(schema, structuredClone(value));
}

/** A copy of the value without what the schema does not declare. The argument stays as it is. */
export function cutTo(schema: TSchema, value: unknown): unknown {
  return Value.Clean(schema, structuredClone(value));
}
