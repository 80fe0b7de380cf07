import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, sha256, type Digest } from '@cairn/canonical';
import { compile } from '@cairn/dto';
import { BROWSER_BUNDLE, TerminalError, type Resource, type Resources } from '@cairn/skill-kit';
import { build } from 'esbuild';

/** A resource's value with the digest that stands for it in the key. */
export interface LoadedResource {
  readonly digest: Digest;
  readonly value: unknown;
}
interface Cached extends LoadedResource {
  readonly stamps: ReadonlyMap<string, string>;
}

const PLACEHOLDER = /\{([^}]+)\}/g;
/** One path segment: nothing that an input says can leave the resource root. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Reads declared resources below one folder; a file that has changed is read again. */
export class ResourceLibrary {
  private readonly cache = new Map<string, Promise<Cached>>();

  constructor(private readonly root: string) {}

  /**
   * The declared resources of a step, by name.
   * @throws TerminalError RESOURCE_NOT_FOUND naming the input field that chose a file which is not there.
   */
  async load(resources: Resources, input: unknown): Promise<Record<string, LoadedResource>> {
    const entries = Object.entries(resources).map(
      async ([name, resource]) => [name, await this.loadOne(resource, input)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  private async loadOne(resource: Resource, input: unknown): Promise<LoadedResource> {
    const path = resourcePath(resource.path, input);
    const loaded = await this.current(resource, path);
    // Each time: who read it before may have wanted less of it.
    if (resource.kind === 'json' && resource.schema)
      compile(resource.schema).parse(loaded.value, `The resource ${path}`);
    return loaded;
  }

  private async current(resource: Resource, path: string): Promise<LoadedResource> {
    const known = await this.cache.get(`${resource.kind}:${path}`)?.catch(() => undefined);
    if (known && (await isCurrent(known))) return known;
    const reading = this.read(resource, path);
    this.cache.set(`${resource.kind}:${path}`, reading);
    return reading.catch((error: unknown) => {
      this.cache.delete(`${resource.kind}:${path}`);
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? notFound(resource, path) : error;
    });
  }

  private async read(resource: Resource, path: string): Promise<Cached> {
    const file = join(this.root, path);
    const stamps = new Map([[file, await stampOf(file)]]);
    if (resource.kind === 'bundle') return bundle(file);
    const text = await readFile(file, 'utf8');
    if (resource.kind === 'text') return { digest: sha256(text), value: text, stamps };
    const value = parseJson(text, path);
    // By its canonical text: another indentation is the same resource.
    return { digest: digestOf(value), value, stamps };
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TerminalError(
      'RESOURCE_INVALID',
      `The resource ${path} is not JSON: ${(error as Error).message}`,
    );
  }
}

/** Bundles a browser entry point into one minified script. */
async function bundle(file: string): Promise<Cached> {
  const startedAt = Date.now();
  const result = await build({
    entryPoints: [file],
    absWorkingDir: join(file, '..'),
    ...BROWSER_BUNDLE,
    metafile: true,
  });
  const text = result.outputFiles[0]!.text;
  const inputs = Object.keys(result.metafile.inputs).map(path => join(file, '..', path));
  const stamps = new Map(
    // What the bundle read is known only now: a file edited meanwhile may be in it as it was before, so its stamp is
    // one that never matches.
    await Promise.all(inputs.map(async path => [path, await stampOf(path, startedAt)] as const)),
  );
  return { digest: sha256(text), value: text, stamps };
}

async function stampOf(file: string, before = Infinity): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file);
  if (mtimeMs >= before) return 'edited meanwhile';
  return `${mtimeMs} ${size} ${ino}`;
}

async function isCurrent(cached: Cached): Promise<boolean> {
  const checks = [...cached.stamps].map(
    async ([file, stamp]) => (await stampOf(file).catch(() => '')) === stamp,
  );
  return (await Promise.all(checks)).every(Boolean);
}

function valueAt(input: unknown, pointer: string): unknown {
  return pointer
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        value !== null && typeof value === 'object' && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      input,
    );
}

/**
 * The path of a declared resource for an input.
 * @throws TerminalError naming the field that is no name of a file.
 */
export function resourcePath(path: string, input: unknown): string {
  return path.replace(PLACEHOLDER, (_match, pointer: string) => {
    const value = valueAt(input, pointer);
    if (typeof value === 'string' && SEGMENT.test(value) && !value.includes('..')) return value;
    const at = `/${pointer.replaceAll('.', '/')}`;
    const message = `${JSON.stringify(value)} is not a name of letters, digits, ".", "_" and "-"`;
    throw new TerminalError('VALIDATION_ERROR', `${at}: ${message}`, [
      { path: at, code: 'VALIDATION_ERROR', message },
    ]);
  });
}

function notFound(resource: Resource, path: string): TerminalError {
  const pointer = [...resource.path.matchAll(PLACEHOLDER)][0]?.[1];
  const at = pointer === undefined ? '' : `/${pointer.replaceAll('.', '/')}`;
  const message = `there is no ${path}`;
  return new TerminalError('RESOURCE_NOT_FOUND', `${at || '/'}: ${message}`, [
    { path: at, code: 'RESOURCE_NOT_FOUND', message },
  ]);
}
