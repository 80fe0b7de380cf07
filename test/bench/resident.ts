import { readFileSync } from 'node:fs';

/** The resident memory of a process now. MiB; Linux only. */
export function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`There is no process ${pid}`);
  return Number(kib) / 1024;
}
