import { mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const TURN_AT_BYTES = 10 * 1024 * 1024;

/** Opens a log to append to, for a child's output; one that has grown beyond 10 MiB becomes `<file>.1` first. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  try {
    if (statSync(file).size > TURN_AT_BYTES) renameSync(file, `${file}.1`);
  } catch {
    // There is none yet.
  }
  return openSync(file, 'a');
}

/** The size of a log in bytes, to read on from there later. */
export function logSize(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

/** The last lines a log got after it had this size. */
export function logTail(file: string, from: number, count: number): string[] {
  try {
    const text = readFileSync(file).subarray(from).toString('utf8');
    return text
      .split('\n')
      .filter(line => line.trim())
      .slice(-count);
  } catch {
    return [];
  }
}
