import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StackError, reasonOf } from './errors.js';

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
 * @throws StackError HOME_UNUSABLE when the folder cannot be made or written to
 */
export function prepareHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true });
    accessSync(home, constants.W_OK | constants.X_OK);
    if (process.getuid?.() === 0 && readdirSync(home).length === 0) chmodSync(home, 0o711);
  } catch (error) {
    throw new StackError(
      'HOME_UNUSABLE',
      `CAIRN_HOME ${home} cannot be used (${reasonOf(error)}): set CAIRN_HOME to a folder you may write to`,
    );
  }
}
