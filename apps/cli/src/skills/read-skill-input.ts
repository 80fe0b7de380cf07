import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { ARTIFACT_KEYWORD, JSON_KEYWORD, type TSchema } from '@cairn/skill-kit';
import { fileRef } from '@cairn/skill-kit/testing';
import { CliError, EXIT, reasonOf } from '../errors.js';
import { namedPath } from '../places.js';
import { readJsonOption } from '../trigger-file.js';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** What a skill is given, and the bytes that it names. */
export interface SkillInput {
  readonly input: unknown;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/**
 * Reads a skill's input. Where the schema wants a file, `{"file": PATH}` names one of this machine, relative to the
 * input's folder; `type`, `filename` and `metadata` may stand beside it as another skill would have given them.
 *
 * @param name the file as it was typed, `-` for standard input.
 * @throws CliError with exit code 2 that names the file, and the place in the input by JSON Pointer.
 */
export async function readSkillInput(
  name: string,
  schema: TSchema,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SkillInput> {
  const typed = await readJsonOption('input', name, env);
  const folder = name === '-' ? process.cwd() : dirname(namedPath(name, env));
  const files: Record<string, Uint8Array> = {};
  const give = async (node: Node, value: Node, pointer: string) => {
    const path = resolve(folder, String(value['file']));
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new CliError(`${pointer} names a file that cannot be read: ${reasonOf(error)}`, EXIT.usage);
    });
    const declared = String(node[ARTIFACT_KEYWORD]);
    const { type = declared, filename = basename(path), metadata } = value;
    if (typeof type !== 'string' || type.includes('*'))
      throw new CliError(`${pointer} takes ${declared}: say which with "type" beside "file"`, EXIT.usage);
    files[path] = bytes;
    return fileRef(type, bytes, {
      filename: String(filename),
      ...(isNode(metadata) && { metadata }),
    });
  };
  return { input: await withFiles(schema, typed, '', give), files };
}

async function withFiles(
  schema: unknown,
  value: unknown,
  pointer: string,
  give: (node: Node, value: Node, pointer: string) => Promise<unknown>,
): Promise<unknown> {
  if (!isNode(schema)) return value;
  if (typeof schema[ARTIFACT_KEYWORD] === 'string' && !schema[JSON_KEYWORD])
    return isNode(value) && typeof value['file'] === 'string' ? give(schema, value, pointer || '/') : value;
  let given = value;
  for (const keyword of ['allOf', 'anyOf', 'oneOf'])
    for (const branch of (schema[keyword] as unknown[] | undefined) ?? [])
      given = await withFiles(branch, given, pointer, give);
  if (Array.isArray(given))
    return Promise.all(given.map((item, at) => withFiles(schema['items'], item, `${pointer}/${at}`, give)));
  if (!isNode(given)) return given;
  const members = Object.entries(given).map(async ([key, item]) => {
    const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
    return [key, await withFiles(memberSchema(schema, key), item, `${pointer}/${escaped}`, give)] as const;
  });
  return Object.fromEntries(await Promise.all(members));
}

function memberSchema({ properties, patternProperties, additionalProperties }: Node, key: string): unknown {
  if (isNode(properties) && Object.hasOwn(properties, key)) return properties[key];
  const match =
    isNode(patternProperties) &&
    Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern, 'u').test(key));
  return match ? match[1] : additionalProperties;
}
