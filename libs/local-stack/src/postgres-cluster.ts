import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chownSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StackError, reasonOf } from './errors.js';
import { lastLines } from './log-file.js';
import type { PostgresPlace } from './postgres-place.js';

const run = promisify(execFile);

/** The user and the database of a local PostgreSQL. */
export const POSTGRES_USER = 'cairn';

/** The server's password: made once, kept in a file only its owner may read. */
export function postgresPassword(file: string): string {
  if (!existsSync(file)) {
    const temporary = `${file}.${randomUUID()}.tmp`;
    writeFileSync(temporary, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    renameSync(temporary, file);
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * Makes the data folder if there is none: beside its place first, so that a half-made one is never taken for whole.
 * @returns the data folder
 * @throws StackError POSTGRES_FAILED when it cannot be made, or is of another major version
 */
export async function ensureCluster(
  place: PostgresPlace,
  password: string,
  durable: boolean,
): Promise<string> {
  const data = join(place.folder, 'data');
  if (existsSync(join(data, 'PG_VERSION'))) {
    checkVersion(data, place.binaries.version);
    return data;
  }
  for (const name of readdirSync(place.folder)) {
    if (name.startsWith('new-')) rmSync(join(place.folder, name), { recursive: true, force: true });
  }
  const fresh = join(place.folder, `new-${randomUUID()}`);
  await initialise(place, fresh, password, durable);
  renameSync(fresh, data);
  return data;
}

async function initialise(
  place: PostgresPlace,
  data: string,
  password: string,
  durable: boolean,
): Promise<void> {
  const passwordFile = `${data}-password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid);
  const flags = [
    `--pgdata=${data}`,
    `--username=${POSTGRES_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own C.UTF-8: it needs no locale of the machine and sorts alike on all of them.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await run(place.binaries.initdb, flags, { ...place.user, cwd: '/', env: postgresEnvironment() });
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    const output = lastLines(String((error as { stderr?: unknown }).stderr ?? ''), 15);
    const why = lastLines(output, 1) || reasonOf(error);
    throw new StackError(
      'POSTGRES_FAILED',
      `PostgreSQL's data folder could not be made in ${place.folder}: ${why}`,
      output,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function checkVersion(data: string, version: string): void {
  const [had] = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim().split('.');
  const [has] = version.split('.');
  if (had === has) return;
  throw new StackError(
    'POSTGRES_FAILED',
    `${data} was written by PostgreSQL ${had}, this is ${has}: move the folder away to begin anew, or use the Cairn that wrote it`,
  );
}

/** Nothing of the caller's environment reaches the server: PG* and LC_* variables would change how it behaves. */
export function postgresEnvironment(): Record<string, string | undefined> {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}
