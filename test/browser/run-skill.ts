import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resourceRoot } from '@cairn/campaign-kit';
import { ResourceLibrary } from '@cairn/engine';
import {
  runThread,
  type ByteSource,
  type FileRef,
  type SkillImplementation,
  type SkillTools,
} from '@cairn/skill-kit';

const library = new ResourceLibrary(fileURLToPath(resourceRoot));
const blobs = new Map<string, Uint8Array>();

/** Keeps bytes for the skills of this test, and names them. */
export function keep<K extends string>(type: K, bytes: Uint8Array, filename: string): FileRef<K> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  blobs.set(digest, bytes);
  return { type, digest, size: bytes.length, filename };
}

/** The bytes behind a file that a skill wrote or a test kept. */
export function bytesOf(file: FileRef): Uint8Array {
  const bytes = blobs.get(file.digest);
  if (!bytes) throw new Error(`No skill wrote ${file.filename ?? file.digest}`);
  return bytes;
}

async function collect(source: ByteSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if ('path' in source) return readFile(source.path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Runs a skill of the repository as a worker would, its real resources included, without engine or store.
 * @param name as in its package's name, e.g. `render-video`
 */
export async function runSkill<T>(name: string, input: unknown): Promise<T> {
  const module = (await import(`@cairn/skill-${name}/run`)) as { default: SkillImplementation };
  const { skill, run } = module.default;
  const loaded = await library.load(skill.spec.resources ?? {}, input);
  const signal = new AbortController().signal;
  const tmp = await mkdtemp(join(tmpdir(), 'cairn-skill-'));
  const tools: SkillTools = {
    signal,
    tmp,
    seed: 1,
    log: { info: () => undefined, warn: () => undefined },
    idempotencyKey: 'test',
    progress: () => undefined,
    path: async file => {
      const path = join(tmp, file.digest.slice('sha256:'.length));
      await writeFile(path, bytesOf(file));
      return path;
    },
    read: file => Promise.resolve(bytesOf(file)),
    write: async (type, source, { filename }) => keep(type, await collect(source), filename),
    thread: (at, data) => runThread(at, data, { signal }),
  };
  const resources = Object.fromEntries(Object.entries(loaded).map(([key, { value }]) => [key, value]));
  return (await run({ ...tools, input, resources } as never)) as T;
}
