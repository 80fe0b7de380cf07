import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Writer } from './layout.js';

/** This process, from its start to its end. */
export const thisWriter: Writer = {
  // As part of a file's name.
  host: hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '_')
    .slice(0, 100),
  namespace: pidNamespace(),
  pid: process.pid,
  start: randomBytes(8).toString('hex'),
};

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/**
 * How long nobody must have written to a file of a process with our host name and process id, but in another PID
 * namespace. Most likely it is what ran in this container before a restart; or it is another container that was
 * given the same host name. Milliseconds.
 */
const QUIET = 60_000;

/**
 * Whether a writer is known to be dead. One on another host is not, nor one whose process id has been taken by
 * another process.
 * @param quiet how long it has not written. Milliseconds.
 */
export function isDead(writer: Writer, quiet: number, self: Writer = thisWriter): boolean {
  if (writer.host !== self.host || writer.start === self.start) return false;
  // Two processes cannot have one id at a time: that one came before us. In containers it is always 1.
  if (writer.pid === self.pid) return writer.namespace === self.namespace || quiet >= QUIET;
  return writer.namespace === self.namespace && !isRunning(writer.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
