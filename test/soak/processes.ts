import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the system says of a process; undefined where there is none any more. Bytes, and numbers. */
export interface Usage {
  readonly memory: number;
  readonly handles: number;
}

/** A process alone: its resident memory, and its open files. Linux only. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return { memory: Number(kibibytes) * 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/** A process with all that it started: memory that they share counts once. Linux only. */
export function usageOfFamily(pid: number): Usage | undefined {
  const members = [pid, ...childrenOf(pid)].flatMap(member => {
    try {
      const [, kibibytes] =
        /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8')) ?? [];
      return [{ memory: Number(kibibytes) * 1024, handles: readdirSync(`/proc/${member}/fd`).length }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  if (members.length === 0) return undefined;
  const sum = (of: (usage: Usage) => number) => members.reduce((total, each) => total + of(each), 0);
  return { memory: sum(({ memory }) => memory), handles: sum(({ handles }) => handles) };
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** The heap of a program with the heap reporter, in use. Bytes; undefined before its first note. */
export function heapOf(folder: string, pid: number): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, String(pid)), 'utf8')) as { heapUsed: number }).heapUsed;
  } catch {
    return undefined;
  }
}
