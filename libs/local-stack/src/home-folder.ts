import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the parts of a local stack keep what they must remember, below one CAIRN_HOME. */
export const homePaths = (home: string) => ({
  lock: join(home, 'locks', 'stack'),
  memory: join(home, 'stack.json'),
  postgresPassword: join(home, 'postgres-password'),
  postgresLog: join(home, 'logs', 'postgres.log'),
  temporalFolder: join(home, 'temporal'),
  temporalLog: join(home, 'logs', 'temporal.log'),
});

/** A short name for a CAIRN_HOME, the same at each start. */
export function homeId(home: string): string {
  return createHash('sha256').update(home).digest('hex').slice(0, 12);
}

/**
 * Makes CAIRN_HOME. One that is new or empty is Cairn's, so root lets others pass through it (not list it): they
 * include the user who runs PostgreSQL in root's stead.
 */
export function prepareHome(home: string): void {
  mkdirSync(home, { recursive: true });
  if (process.getuid?.() === 0 && readdirSync(home).length === 0) chmodSync(home, 0o711);
}
