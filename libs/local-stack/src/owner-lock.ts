import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject, writeJson } from './json-file.js';
import { processIdentity } from './processes.js';

/** A lock this process holds. */
export interface OwnerLock {
  /** Lets the next one have it; a second call does nothing. */
  release(): void;
}

/** The process that holds a lock. */
export interface LockHolder {
  pid: number;
}

/**
 * A lock that ends with the process that holds it, however that ends, and never by a clock: a laptop that slept
 * keeps its locks. Each owner writes the next numbered file in `folder`, which only one can create; the lock is held
 * while the highest number is not released and its process lives. A file of a dead owner is never removed to make
 * room, so two that find it dead cannot both take its place.
 *
 * @returns the lock, or who holds it
 */
export function tryLock(folder: string): { lock: OwnerLock } | { holder: LockHolder } {
  mkdirSync(folder, { recursive: true });
  for (;;) {
    const highest = generations(folder).at(-1) ?? 0;
    const holder = highest === 0 ? undefined : holderOf(folder, highest);
    if (holder) return { holder };
    const mine = highest + 1;
    if (!create(folder, mine)) continue;
    // A listing taken before others came and went may have led to a number that is in the past by now.
    if (generations(folder).at(-1) !== mine) {
      rmSync(fileOf(folder, mine), { force: true });
      continue;
    }
    for (const old of generations(folder)) if (old < mine) rmSync(fileOf(folder, old), { force: true });
    return { lock: held(folder, mine) };
  }
}

/** Who holds the lock in `folder` now; undefined when nobody does. */
export function lockHolder(folder: string): LockHolder | undefined {
  const highest = generations(folder).at(-1);
  return highest === undefined ? undefined : holderOf(folder, highest);
}

function held(folder: string, generation: number): OwnerLock {
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      writeJson(fileOf(folder, generation), { released: true });
    },
  };
}

function holderOf(folder: string, generation: number): LockHolder | undefined {
  const owner = readJsonObject(fileOf(folder, generation));
  if (typeof owner?.pid !== 'number' || typeof owner.identity !== 'string') return undefined;
  return processIdentity(owner.pid) === owner.identity ? { pid: owner.pid } : undefined;
}

/** Creates the file whole or not at all: a link either fails or shows all of its content. */
function create(folder: string, generation: number): boolean {
  const temporary = join(folder, `${randomUUID()}.tmp`);
  writeFileSync(temporary, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }));
  try {
    linkSync(temporary, fileOf(folder, generation));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function generations(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter(name => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function fileOf(folder: string, generation: number): string {
  return join(folder, String(generation));
}
