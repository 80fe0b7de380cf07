import { open, readFile, stat } from 'node:fs/promises';
import { sha256 } from '@cairn/canonical';
import { CHUNK, chunkCount } from './chunks.js';
import { ifThere, onDisk } from './file-errors.js';

/** What the digests of a blob's chunks say: each in hex, in the order of the chunks. */
export interface ChunkList {
  readonly digest: string;
  /** Bytes of the blob. */
  readonly size: number;
  readonly chunks: readonly string[];
}

/** The first line: what this is, its version, the bytes of a chunk. */
const HEAD = `cairn-chunks 1 ${CHUNK}`;

/**
 * The list as a file: a line for the format, one for the blob, one for each chunk; the last is the digest of all
 * before it, so that a list that has rotted is told from a blob that has.
 */
export function formatChunkList({ digest, size, chunks }: ChunkList): string {
  const body = `${[HEAD, `${digest} ${size}`, ...chunks].join('\n')}\n`;
  return `${body}${sha256(body)}\n`;
}

/** The chunks' digests; undefined when the text is not a whole list for this blob. */
export function parseChunkList(text: string, digest: string, size: number): readonly string[] | undefined {
  const chunks = text.split('\n').slice(2, -2);
  const whole = chunks.length === chunkCount(size) && text === formatChunkList({ digest, size, chunks });
  return whole ? chunks : undefined;
}

/** Reads the list beside a blob of this size; undefined when there is none, or none that can be trusted. */
export async function readChunkList(
  path: string,
  digest: string,
  size: number,
): Promise<readonly string[] | undefined> {
  const found = await ifThere(() => stat(path));
  // Not read when it cannot be right: whatever stands there may have any size.
  if (found?.size !== lengthOf(size, digest)) return undefined;
  const text = await ifThere(() => readFile(path, 'latin1'));
  return text === undefined ? undefined : parseChunkList(text, digest, size);
}

const lengthOf = (size: number, digest: string) =>
  `${HEAD}\n${digest} ${size}\n`.length + chunkCount(size) * 65 + digest.length + 1;

/** Writes a list to a new file, on disk when this resolves. */
export async function writeChunkList(path: string, list: ChunkList): Promise<void> {
  await onDisk(async () => {
    const handle = await open(path, 'wx', 0o600);
    try {
      await handle.writeFile(formatChunkList(list), 'latin1');
      await handle.chmod(0o444);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}
