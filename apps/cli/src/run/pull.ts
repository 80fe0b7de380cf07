import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Artifact, CairnClient } from '@cairn/client';
import { CliError, EXIT } from '../errors.js';
import { isSafeName } from './unpack.js';

/** A file that was fetched. */
export interface Pulled {
  readonly artifactId: string;
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
  /** `false` when the folder had it already. */
  readonly fetched: boolean;
}

/** Where each artifact goes below a folder: `<step>/<filename>`, with a part of its id where two would share a path. */
export function pullPaths(artifacts: readonly Artifact[]): [Artifact, string][] {
  const taken = new Set<string>();
  return artifacts.map(artifact => {
    const { filename, name, stepId = 'trigger', id } = artifact;
    const file = filename !== undefined && isSafeName(filename) ? filename : name;
    const plain = [stepId, file].join('/');
    // File systems may not tell upper and lower case apart.
    const path = taken.has(plain.toLowerCase()) ? `${stepId}/${id.slice(-8)}-${file}` : plain;
    if (!path.split('/').every(isSafeName))
      throw new CliError(`${JSON.stringify(path)} is no path for a file`, EXIT.failed);
    taken.add(path.toLowerCase());
    return [artifact, path];
  });
}

/**
 * Fetches an artifact into a file, unless the same bytes are there. What is there stays until all bytes have come and are
 * those of the digest.
 * @throws CliError when they are not
 */
export async function pullArtifact(
  client: CairnClient,
  artifact: Artifact,
  folder: string,
  path: string,
  signal: AbortSignal,
): Promise<Pulled> {
  const target = join(folder, path);
  const { id: artifactId, contentHash: digest } = artifact;
  const there = await digestOfFile(target);
  if (there?.digest === digest)
    return { artifactId, path: target, digest, bytes: there.bytes, fetched: false };
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${randomUUID()}.part`;
  const { stream } = await client.download(artifactId, { signal });
  const meter = new Meter();
  try {
    await pipeline(Readable.fromWeb(stream), meter, createWriteStream(temporary, { flags: 'wx' }), {
      signal,
    });
    if (meter.digest() !== digest)
      throw new CliError(`The bytes of ${path} are not those of ${digest}: it was not written`);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
  return { artifactId, path: target, digest, bytes: meter.bytes, fetched: true };
}

/** Reads an artifact to its end. @returns what its bytes are */
export async function readThrough(
  client: CairnClient,
  artifact: Artifact,
  signal: AbortSignal,
): Promise<{ readonly digest: string; readonly bytes: number }> {
  const { stream } = await client.download(artifact.id, { signal });
  const meter = new Meter();
  meter.resume();
  await pipeline(Readable.fromWeb(stream), meter, { signal });
  return { digest: meter.digest(), bytes: meter.bytes };
}

async function digestOfFile(path: string): Promise<{ digest: string; bytes: number } | undefined> {
  const meter = new Meter();
  meter.resume();
  try {
    await pipeline(createReadStream(path), meter);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return { digest: meter.digest(), bytes: meter.bytes };
}

/** Lets bytes through, counts and hashes them. */
class Meter extends Transform {
  bytes = 0;
  private readonly hash = createHash('sha256');

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    this.hash.update(chunk);
    done(null, chunk);
  }
  digest(): string {
    return `sha256:${this.hash.digest('hex')}`;
  }
}
