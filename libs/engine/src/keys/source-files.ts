import { lstatSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** What tells that a file is no longer the one it was, without reading it. Links are not followed. */
export interface FileStamp {
  readonly path: string;
  readonly ino: bigint;
  readonly size: bigint;
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** Nanoseconds since 1970; unlike the time of modification, no program can set it back. */
  readonly ctimeNs: bigint;
}

export interface SourceFile {
  readonly bytes: Uint8Array;
  readonly stamp: FileStamp;
}

/** Longer than the tick of a file system's clock, which Linux moves on every 1 to 10 ms. */
const TICK_MS = 20;
const isMissing = (error: unknown) =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Reads each file once, and remembers which file it was. */
export class SourceFiles {
  readonly #stamps = new Map<string, Promise<FileStamp | undefined>>();
  readonly #files = new Map<string, Promise<SourceFile | undefined>>();

  /** The stamp of a file or a link; undefined when there is none. */
  stamp(path: string): Promise<FileStamp | undefined> {
    return remembered(this.#stamps, path, () => takeStamp(path));
  }

  /** A file, with a stamp taken before it was read: one that changes in between is found changed later. */
  read(path: string): Promise<SourceFile | undefined> {
    return remembered(this.#files, path, async () => {
      const stamp = await this.stamp(path);
      return stamp && { stamp, bytes: await readFile(path) };
    });
  }
}

function remembered<T>(known: Map<string, Promise<T>>, path: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(path) ?? make();
  known.set(path, value);
  return value;
}

async function takeStamp(path: string): Promise<FileStamp | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
    // A second change within one tick of the clock would leave the stamp as it is.
    const age = Date.now() - Number(ctimeNs / 1_000_000n);
    if (age < 0 || age >= TICK_MS) return { path, ino, size, mtimeNs, ctimeNs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  await wait(TICK_MS);
  return takeStamp(path);
}

/**
 * The path of the first file that is no longer what its stamp says; undefined when all are.
 *
 * The calls block: a few microseconds each, where handing them to other threads and back costs ten times as much.
 */
export function firstChanged(stamps: Iterable<FileStamp>): string | undefined {
  for (const then of stamps) {
    const now = lstatSync(then.path, { bigint: true, throwIfNoEntry: false });
    const same =
      now?.ino === then.ino &&
      now.size === then.size &&
      now.mtimeNs === then.mtimeNs &&
      now.ctimeNs === then.ctimeNs;
    if (!same) return then.path;
  }
  return undefined;
}
