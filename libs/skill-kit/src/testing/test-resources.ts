import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile } from '@cairn/dto';
import { BROWSER_BUNDLE } from '../browser-bundle.js';
import type { Resource, Resources } from '../resources.js';

/** Where a test's resources come from: values by name win over files below a root. */
export interface ResourceSource {
  readonly values?: Readonly<Record<string, unknown>>;
  /** The folder that the resources' paths are relative to. */
  readonly root?: string;
}

/**
 * The values of a skill's declared resources; JSON ones are checked against their schema, given or read.
 * @throws Error naming a resource for which there is neither a value nor a root.
 */
export async function testResources(
  resources: Resources,
  input: unknown,
  source: ResourceSource,
): Promise<Record<string, unknown>> {
  const entries = Object.entries(resources).map(async ([name, resource]) => {
    const value = await valueOf(name, resource, input, source);
    if (resource.schema) compile(resource.schema).parse(value, `The resource ${name}`);
    return [name, value] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function valueOf(
  name: string,
  resource: Resource,
  input: unknown,
  { values, root }: ResourceSource,
): Promise<unknown> {
  if (values && Object.hasOwn(values, name)) return structuredClone(values[name]);
  if (root === undefined)
    throw new Error(`The resource ${name} (${resource.path}): give resources.${name} or a resourceRoot`);
  const path = join(root, fill(resource.path, input));
  if (resource.kind === 'bundle') return bundle(path);
  const text = await readFile(path, 'utf8');
  return resource.kind === 'json' ? (JSON.parse(text) as unknown) : text;
}

function fill(path: string, input: unknown): string {
  return path.replace(/\{([^}]+)\}/g, (_match, pointer: string) => {
    const value = pointer
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], input);
    if (typeof value !== 'string') throw new Error(`The resource path ${path}: ${pointer} is not a string`);
    return value;
  });
}

async function bundle(path: string): Promise<string> {
  // Only here: most tests need no bundler.
  const { build } = await import('esbuild');
  const result = await build({ ...BROWSER_BUNDLE, entryPoints: [path] });
  return result.outputFiles[0]!.text;
}
