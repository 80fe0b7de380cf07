import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@cairn/canonical';
import type { FileRef } from '../files.js';
import type { ByteSource } from '../implement-skill.js';

/** A reference to bytes, as an upstream skill would have returned it; give the same bytes in `files`. */
export function fileRef<const K extends string>(
  type: K,
  bytes: Uint8Array,
  options: { filename?: string; metadata?: Record<string, unknown> } = {},
): FileRef<K> {
  return { type, digest: sha256(bytes), size: bytes.length, ...options };
}

/** Content-addressed bytes in memory: what a skill under test was given, and what it wrote. */
export class TestFiles {
  private readonly bytes = new Map<string, Uint8Array>();

  /** @param folder where {@link path} puts files that the skill wants to read from disk. */
  constructor(private readonly folder: string) {}

  add(bytes: Uint8Array): string {
    const digest = sha256(bytes);
    this.bytes.set(digest, bytes);
    return digest;
  }

  has(file: FileRef): boolean {
    return this.bytes.get(file.digest)?.length === file.size;
  }

  /** @throws Error when no such bytes were given or written. */
  get(file: FileRef): Uint8Array {
    const found = this.bytes.get(file.digest);
    if (!found)
      throw new Error(`${file.filename ?? file.type}, ${file.digest}, was neither given nor written`);
    return found;
  }

  /** The text of a UTF-8 file. */
  text(file: FileRef): string {
    return new TextDecoder('utf-8', { fatal: true }).decode(this.get(file));
  }

  async write<K extends string>(
    type: K,
    source: ByteSource,
    { filename, metadata }: { filename: string; metadata?: Record<string, unknown> },
  ): Promise<FileRef<K>> {
    const bytes = await collect(source);
    return { type, digest: this.add(bytes), size: bytes.length, filename, ...(metadata && { metadata }) };
  }

  async path(file: FileRef): Promise<string> {
    const path = join(this.folder, createHash('sha256').update(this.get(file)).digest('hex'));
    await mkdir(this.folder, { recursive: true });
    const isNew = await writeFile(path, this.get(file), { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    // As in the store: who writes to an input would change it for everybody.
    if (isNew) await chmod(path, 0o444);
    return path;
  }
}

async function collect(source: ByteSource): Promise<Uint8Array> {
  if (ArrayBuffer.isView(source)) return Uint8Array.from(source as Uint8Array);
  if ('path' in source) return new Uint8Array(await readFile(source.path));
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
