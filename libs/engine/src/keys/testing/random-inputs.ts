import { digestOf } from '@cairn/canonical';
import { file, Type, type TSchema } from '@cairn/skill-kit';
import type { Random } from './random.js';

/** As much of a schema as the generators look at. */
export interface Shape {
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | false;
  readonly items?: Shape;
}

const NAMES = [
  'a',
  'b',
  'title',
  'é',
  'e\u0301',
  '€',
  '😀',
  'a/b',
  'c~d',
  '1',
  '10',
  '',
  'constructor',
  '__proto__',
];
const LETTERS = ['a', 'b', 'Z', 'ß', '€', '😀', '"', '\\', '\n', '\u2028', '0', '1', ' ', 'true', 'null'];
const FILES = Array.from({ length: 6 }, (_, i) => digestOf(i));

/** A schema of an object with some fields: scalars, lists, maps, files, free JSON; some with a default. */
export function arbitrarySchema(random: Random, depth = 2): TSchema {
  const fields = Array.from({ length: 1 + random.below(2) }, (): [string, TSchema] => {
    const field = arbitraryField(random, depth - 1);
    return [random.of(NAMES)!, random.below(3) === 0 ? field : Type.Optional(withDefault(random, field))];
  });
  return Type.Object(
    Object.fromEntries(fields),
    random.below(2) === 0 ? { additionalProperties: false } : {},
  );
}

function arbitraryField(random: Random, depth: number): TSchema {
  const scalars = [
    Type.String(),
    Type.Integer(),
    Type.Number(),
    Type.Boolean(),
    Type.Unknown(),
    file('audio/*'),
  ];
  if (depth <= 0) return random.of(scalars)!;
  switch (random.below(6)) {
    case 0:
      return Type.Array(arbitraryField(random, depth - 1));
    case 1:
      return Type.Record(Type.String(), arbitraryField(random, depth - 1));
    case 2:
      return arbitrarySchema(random, depth);
    default:
      return random.of(scalars)!;
  }
}

function withDefault(random: Random, schema: TSchema): TSchema {
  if (random.below(2) === 0) return schema;
  return { ...schema, default: arbitraryValue(random, schema) } as TSchema;
}

/** A value that the schema takes; fields that may be absent sometimes are. */
export function arbitraryValue(random: Random, schema: TSchema): unknown {
  return valueOf(random, schema as Shape);
}

function valueOf(random: Random, shape: Shape): unknown {
  if (isFileShape(shape)) return arbitraryFile(random);
  switch (shape.type) {
    case 'string':
      return text(random);
    case 'integer':
      return random.below(5) - 2;
    case 'number':
      return random.of([0, -0, 0.1, 1e-7, 1.5, -2, 1e21 / 3e10, 2 ** 52])!;
    case 'boolean':
      return random.below(2) === 0;
    case 'array':
      return Array.from({ length: random.below(3) }, () => valueOf(random, shape.items ?? {}));
    case 'object':
      return Object.fromEntries(entriesOf(random, shape));
    default:
      return freeJson(random, 2);
  }
}

/** Metadata is what a file shape has and no other. */
const isFileShape = ({ properties }: Shape) =>
  properties !== undefined && Object.hasOwn(properties, 'digest');

function entriesOf(random: Random, shape: Shape): [string, unknown][] {
  const { properties } = shape;
  if (!properties || Object.keys(properties).length === 0)
    return Array.from({ length: random.below(3) }, () => [
      random.of(NAMES)!,
      valueOf(random, mapItem(shape)),
    ]);
  return Object.entries(properties).flatMap(([name, inner]): [string, unknown][] => {
    if (!shape.required?.includes(name) && random.below(2) === 0) return [];
    return [
      [name, inner.default !== undefined && random.below(3) === 0 ? inner.default : valueOf(random, inner)],
    ];
  });
}

/** The schema of a map's values: TypeBox writes it as a pattern that takes every name. */
function mapItem(shape: Shape & { readonly patternProperties?: Readonly<Record<string, Shape>> }): Shape {
  return Object.values(shape.patternProperties ?? {})[0] ?? {};
}

const text = (random: Random) => Array.from({ length: random.below(4) }, () => random.of(LETTERS)).join('');

function arbitraryFile(random: Random): unknown {
  return {
    type: random.of(['audio/bgm', 'audio/sfx']),
    digest: random.of(FILES),
    size: random.below(100),
    ...(random.below(2) === 0 && { filename: `${random.below(3)}.wav` }),
    ...(random.below(2) === 0 && { metadata: { durationSec: random.below(9), note: freeJson(random, 1) } }),
  };
}

/** Any JSON, of the kinds that are easily mistaken for each other too. */
export function freeJson(random: Random, depth: number): unknown {
  const scalar = [0, -0, 1, '1', '0', '', true, false, 'true', null, 'null', 1.5, text(random)];
  if (depth === 0 || random.below(3) > 0) return random.of(scalar);
  const items = Array.from({ length: random.below(4) }, () => freeJson(random, depth - 1));
  return random.below(2) === 0 ? items : Object.fromEntries(items.map(item => [random.of(NAMES)!, item]));
}
