import type { TSchema } from 'typebox';
import { compile } from './validate.js';

/** The keywords of a schema that say what a value consists of. */
interface Shape {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: boolean | Shape;
  readonly items?: Shape;
  readonly allOf?: readonly Shape[];
  readonly anyOf?: readonly Shape[];
}
type Fields = Readonly<Record<string, unknown>>;
type Entry = readonly [string, unknown];

// Own walks instead of TypeBox's Value.Default and Value.Clean: those skip defaults inside maps, write through keys
// such as __proto__, and read TypeBox schemas only, where templates bring plain JSON Schema.

/**
 * A copy of the value with the schema's defaults where something is absent; what is there stays, right or wrong.
 * Alternatives (`anyOf`) are left alone. The argument stays as it is.
 */
export function withDefaults(schema: TSchema, value: unknown): unknown {
  return fill(schema as Shape, value);
}

/**
 * A copy of the value without what the schema does not declare; an object of which it declares nothing is kept
 * whole. Of alternatives (`anyOf`) the first that accepts the cut value counts. The argument stays as it is.
 */
export function cutTo(schema: TSchema, value: unknown): unknown {
  return cut(schema as Shape, value);
}

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const own = (value: Fields, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);

/** The schema of a field; undefined when it is not declared. */
function fieldShape(shape: Shape, key: string): Shape | undefined {
  if (shape.properties && Object.hasOwn(shape.properties, key)) return shape.properties[key];
  for (const [pattern, inner] of Object.entries(shape.patternProperties ?? {}))
    if (new RegExp(pattern, 'u').test(key)) return inner;
  if (shape.additionalProperties === true) return {};
  return isFields(shape.additionalProperties) ? shape.additionalProperties : undefined;
}

function fill(shape: Shape, given: unknown): unknown {
  const value = given === undefined ? structuredClone(shape.default) : given;
  const whole = (shape.allOf ?? []).reduce((filled, part) => fill(part, filled), value);
  if (Array.isArray(whole))
    return shape.items ? whole.map(item => fill(shape.items!, item)) : structuredClone(whole);
  if (!isFields(whole)) return whole;
  const present = Object.keys(whole).map((key): Entry => [
    key,
    fill(fieldShape(shape, key) ?? {}, whole[key]),
  ]);
  const absent = Object.entries(shape.properties ?? {})
    .filter(([key]) => own(whole, key) === undefined)
    .map(([key, inner]): Entry => [key, fill(inner, undefined)])
    .filter(([, filled]) => filled !== undefined);
  return Object.fromEntries([...present, ...absent]);
}

function cut(shape: Shape, value: unknown): unknown {
  if (shape.anyOf) {
    const cuts = shape.anyOf.map(each => ({ each, value: cut(each, value) }));
    const taken = cuts.find(({ each, value: candidate }) => compile(each).check(candidate).length === 0);
    return taken ? taken.value : structuredClone(value);
  }
  if (Array.isArray(value))
    return shape.items ? value.map(item => cut(shape.items!, item)) : structuredClone(value);
  if (!isFields(value)) return value;
  const parts = [shape, ...(shape.allOf ?? [])];
  const declares = parts.some(part => part.properties ?? part.patternProperties ?? part.additionalProperties);
  if (!declares) return structuredClone(value);
  const kept = Object.keys(value).flatMap((key): Entry[] => {
    const inner = parts.map(part => fieldShape(part, key)).find(found => found !== undefined);
    return inner === undefined ? [] : [[key, cut(inner, value[key])]];
  });
  return Object.fromEntries(kept);
}
