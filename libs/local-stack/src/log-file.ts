import { mkdirSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

const ROTATE_AT_BYTES = 10 * 1024 * 1024;

/**
 * Makes the folder of a log and sets a log above 10 MiB aside as `<file>.1`, so that two files at most are kept.
 * @returns the size of the log in bytes: where what is written next begins
 */
export function prepareLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const size = sizeOf(file);
  if (size <= ROTATE_AT_BYTES) return size;
  renameSync(file, `${file}.1`);
  return 0;
}

/** What was written to `file` from byte `offset` on, at most the last 64 KiB of it; empty if there is no file. */
export async function readLogFrom(file: string, offset: number): Promise<string> {
  const length = 64 * 1024;
  const start = Math.max(offset, sizeOf(file) - length, 0);
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}

/** The last `count` lines that are not blank. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  return lines.slice(-count).join('\n');
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
