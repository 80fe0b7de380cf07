import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where a start of this CAIRN_HOME serves, for other starts of it. */
export interface ApiRecord {
  /** The `cairn up` that runs the API and a worker. */
  readonly ownerPid: number;
  readonly pid?: number;
  readonly url: string;
  /** Absolute path of the catalog that it was given; absent for the shipped one. */
  readonly catalog?: string;
  /** Where the campaigns of a folder can be played; absent until they are served. */
  readonly plays?: { readonly url: string; readonly folder: string };
}

const fileOf = (home: string) => join(home, 'api.json');

/** The record, if its owner is alive. */
export function readApiRecord(home: string): ApiRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(fileOf(home), 'utf8')) as Partial<ApiRecord>;
    if (typeof record.ownerPid !== 'number' || typeof record.url !== 'string') return undefined;
    return isAlive(record.ownerPid) ? (record as ApiRecord) : undefined;
  } catch {
    return undefined;
  }
}

export function writeApiRecord(home: string, record: ApiRecord): void {
  const file = fileOf(home);
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}

/** Removes this process's own record. */
export function removeApiRecord(home: string): void {
  if (readApiRecord(home)?.ownerPid === process.pid) rmSync(fileOf(home), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
