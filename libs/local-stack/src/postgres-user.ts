import { execFileSync, spawnSync } from 'node:child_process';

/** The ids PostgreSQL is run under. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. For root: the user `postgres`, made if there is none and the machine lets it be
 * made, else `nobody`. For anybody else: undefined, it runs as who calls.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return idsOf('postgres') ?? madeUser() ?? idsOf('nobody') ?? { uid: 65534, gid: 65534 };
}

/** Whether this user can read a folder: every folder above it may have to be passed, so that is tried, not guessed. */
export function canRead(user: ServerUser, folder: string): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', 'test -r "$0" && test -x "$0"', folder], {
    ...user,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}

function madeUser(): ServerUser | undefined {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return idsOf('postgres');
}

function idsOf(name: string): ServerUser | undefined {
  try {
    const ask = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    const uid = ask('-u');
    return uid === 0 ? undefined : { uid, gid: ask('-g') };
  } catch {
    return undefined;
  }
}
