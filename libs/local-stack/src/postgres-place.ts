import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { StackError, reasonOf } from './errors.js';
import { homeId, prepareHome } from './home-folder.js';
import { binariesIn, type PostgresBinaries } from './postgres-binaries.js';
import { canRead, serverUser, type ServerUser } from './postgres-user.js';

/** Where PostgreSQL's programs and data are, and who runs it. */
export interface PostgresPlace {
  binaries: PostgresBinaries;
  /** A folder of the server's user, which holds `data` and nothing that is not PostgreSQL's. */
  folder: string;
  user: ServerUser | undefined;
}

/**
 * PostgreSQL's data belongs in `<home>/postgres`. Started by root it runs as another user, who may not be let into a
 * folder such as /root: then data, and programs if they cannot be reached either, go below /var/lib. Rights of
 * folders outside CAIRN_HOME are left as they are.
 * @throws StackError POSTGRES_UNAVAILABLE when there is no place that user can read
 */
export function placePostgres(
  home: string,
  found: PostgresBinaries,
  log: (line: string) => void,
): PostgresPlace {
  const user = serverUser();
  prepareHome(home);
  const inHome = join(home, 'postgres');
  mkdirSync(inHome, { recursive: true, mode: 0o755 });
  if (!user) return { binaries: found, folder: inHome, user };
  try {
    giveTo(inHome, user);
    const elsewhere = systemFolder();
    const folder = placeIn(home, inHome, elsewhere, user);
    if (folder !== inHome) {
      makeReachable(elsewhere);
      giveTo(folder, user);
      log(`PostgreSQL, which cannot run as root, may not enter ${home}: its data is in ${folder}`);
    }
    const binaries = canRead(user, found.root) ? found : copyBinaries(found, elsewhere);
    for (const path of [folder, binaries.root]) {
      if (!canRead(user, path)) throw new Error(`user ${user.uid} cannot read ${path}`);
    }
    return { binaries, folder, user };
  } catch (error) {
    throw new StackError(
      'POSTGRES_UNAVAILABLE',
      `PostgreSQL cannot run as root, and has no place another user can reach (${reasonOf(error)}): start as a normal user, or set CAIRN_HOME to a folder everyone may enter, or DATABASE_URL`,
    );
  }
}

/**
 * A place outside is noted in the home, and kept to even if the home can be entered later. It is new for a home that
 * was removed and made again: data that was left there has another password.
 */
function placeIn(home: string, inHome: string, elsewhere: string, user: ServerUser): string {
  const note = join(inHome, 'is-elsewhere');
  if (existsSync(note)) return readFileSync(note, 'utf8').trim();
  if (canRead(user, inHome)) return inHome;
  const folder = join(elsewhere, `${homeId(home)}-${randomUUID().slice(0, 8)}`);
  writeFileSync(note, `${folder}\n`);
  return folder;
}

function giveTo(folder: string, user: ServerUser): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o755);
}

function systemFolder(): string {
  return join(existsSync('/var/lib') ? '/var/lib' : '/var/db', 'cairn');
}

function makeReachable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}

/** Copies the programs (60 MB) once for each version; two starts at once do not see each other's half. */
function copyBinaries(found: PostgresBinaries, parent: string): PostgresBinaries {
  const target = join(parent, `postgresql-${found.version}`);
  if (!existsSync(target)) {
    makeReachable(parent);
    const temporary = `${target}.${randomUUID()}`;
    cpSync(found.root, temporary, { recursive: true, verbatimSymlinks: true });
    chmodSync(temporary, 0o755);
    try {
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  return binariesIn(target, found.version);
}
