import { compile, http } from '@cairn/dto';
import { ARTIFACT_KEYWORD, JSON_KEYWORD, type TSchema } from '@cairn/skill-kit';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Keywords by what stands below them: schemas by name, a list of schemas, one schema. */
const BY_NAME = ['properties', 'patternProperties'] as const;
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
const SINGLE = ['items', 'additionalProperties'] as const;

/** Fields of a trigger as a client sends them, and the schema that each wants of the file that it names. */
const wanted = new WeakMap<object, TSchema>();
const forms = new WeakMap<object, TSchema>();

/** How a client names a file. */
interface FileForm {
  readonly artifactId: string;
}

/** A file that a trigger names. */
export interface NamedFile {
  readonly path: readonly string[];
  readonly artifactId: string;
  /** The file must be of one of these. */
  readonly accepts: readonly TSchema[];
}

/**
 * A trigger's schema as a client meets it: where the workflow wants a file, `{"artifactId": "<uuid>"}` is sent. The
 * same object each time, so that it is compiled once.
 */
export function clientForm(schema: TSchema): TSchema {
  const known = forms.get(schema);
  if (known) return known;
  const form = formOf(JSON.parse(JSON.stringify(schema)) as Node) as unknown as TSchema;
  forms.set(schema, form);
  return form;
}

function formOf(schema: unknown): unknown {
  if (!isNode(schema)) return schema;
  if (typeof schema[ARTIFACT_KEYWORD] === 'string' && !schema[JSON_KEYWORD]) return fileForm(schema);
  const copy: Record<string, unknown> = { ...schema };
  for (const key of BY_NAME)
    if (isNode(copy[key]))
      copy[key] = Object.fromEntries(Object.entries(copy[key]).map(([name, part]) => [name, formOf(part)]));
  for (const key of LISTS) if (Array.isArray(copy[key])) copy[key] = copy[key].map(formOf);
  for (const key of SINGLE) if (key in copy) copy[key] = formOf(copy[key]);
  return copy;
}

function fileForm(file: Node): Node {
  const type = String(file[ARTIFACT_KEYWORD]);
  const form = {
    type: 'object',
    description: `A file of the type ${type}: an upload, or an artifact of a run.`,
    properties: {
      artifactId: { ...http.Uuid, description: 'The id of the artifact.' },
    },
    required: ['artifactId'],
    additionalProperties: false,
    [ARTIFACT_KEYWORD]: type,
  };
  wanted.set(form, file as unknown as TSchema);
  return form;
}

/** The files that a trigger names, which is valid by `form`, in the order of the schema's fields. */
export function namedFiles(form: TSchema, trigger: unknown): readonly NamedFile[] {
  const found = new Map<string, NamedFile>();
  const visit = (node: unknown, value: unknown, path: readonly string[]): void => {
    if (!isNode(node) || value === undefined) return;
    const file = wanted.get(node);
    if (file) {
      // Below alternatives, only those count that fit.
      if (compile(node as unknown as TSchema).check(value).length > 0) return;
      const key = JSON.stringify(path);
      const accepts = [...(found.get(key)?.accepts ?? []), file];
      found.set(key, { path, artifactId: (value as FileForm).artifactId, accepts });
      return;
    }
    for (const key of ['allOf', 'anyOf', 'oneOf'] as const)
      for (const branch of (node[key] as unknown[] | undefined) ?? []) visit(branch, value, path);
    if (Array.isArray(value))
      for (const [at, item] of value.entries()) visit(itemSchema(node, at), item, [...path, String(at)]);
    else if (isNode(value))
      for (const [key, item] of Object.entries(value)) visit(memberSchema(node, key), item, [...path, key]);
  };
  visit(form, trigger, []);
  return [...found.values()];
}

const itemSchema = (node: Node, at: number): unknown =>
  (node['prefixItems'] as unknown[] | undefined)?.[at] ?? node['items'];

function memberSchema(node: Node, key: string): unknown {
  const { properties, patternProperties } = node;
  if (isNode(properties) && Object.hasOwn(properties, key)) return properties[key];
  const match =
    isNode(patternProperties) &&
    Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern, 'u').test(key));
  return match ? match[1] : node['additionalProperties'];
}
