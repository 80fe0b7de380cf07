import { mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^cairn-step-(\d+)-/;

/** A folder for one attempt at a step; made when it is first asked for, since most skills never do. */
export class ScratchFolder {
  private made?: string;

  get path(): string {
    return (this.made ??= mkdtempSync(join(tmpdir(), `cairn-step-${process.pid}-`)));
  }

  /** Removes it with all that is in it. */
  async remove(): Promise<void> {
    if (this.made !== undefined) await rm(this.made, { recursive: true, force: true });
  }
}

/**
 * Removes the folders of processes that were killed. Called when a process starts: a folder of its own number can only
 * be a predecessor's then.
 * @returns how many
 */
export async function sweepScratchFolders(): Promise<number> {
  const left = (await readdir(tmpdir())).filter(name => {
    const pid = Number(NAME.exec(name)?.[1]);
    return Number.isSafeInteger(pid) && (pid === process.pid || !isAlive(pid));
  });
  await Promise.all(left.map(name => rm(join(tmpdir(), name), { recursive: true, force: true })));
  return left.length;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
