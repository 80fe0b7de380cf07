import { join } from 'node:path';
import { CairnError } from '@cairn/dto';

const TENANT = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const HEX = /^sha256:([0-9a-f]{64})$/;
const FOLDER = /^[0-9a-f]{2}$/;
const FILE = /^([0-9a-f]{62})(\.chunks)?$/;

/**
 * The only file that knows the layout of the file store, and of a bucket, where <root> is the prefix and a key is what
 * a path is here (what is being written there stands in a folder of the writer's machine):
 *
 *     <root>/v1/local/sha256/9f/86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *     └root  │  └tenant      └first two hex digits, then the other 62
 *            └format
 *     <the same name>.chunks              the digests of its chunks; for blobs of more than one (chunk-list.ts)
 *     <root>/v1/.incoming/<writer>~<random>
 *                                         what is being written, e.g. build-7~4026531836~4711~5f0c…~9b2e…
 *
 * A change of the layout changes the format.
 */
export const FORMAT = 'v1';

const formatFolder = (root: string) => join(root, FORMAT);

/** The folder with a folder for each tenant. */
export const tenantsFolder = formatFolder;

export const isTenant = (name: string): boolean => TENANT.test(name);

/** The folder of a tenant's blobs. @throws CairnError when the tenant's id could leave its folder. */
export function tenantFolder(root: string, tenantId: string): string {
  if (!isTenant(tenantId))
    throw new CairnError('VALIDATION_ERROR', `${JSON.stringify(tenantId)} is not a tenant's id`);
  return join(formatFolder(root), tenantId, 'sha256');
}

/** The 64 hex digits of a digest. @throws CairnError when it is not `sha256:` and 64 lower-case hex digits. */
export function hexOf(digest: string): string {
  const hex = HEX.exec(digest)?.[1];
  if (hex === undefined)
    throw new CairnError('INVALID_HASH', `${JSON.stringify(digest)} is not sha256: and 64 hex digits`);
  return hex;
}

/** The file of a blob. @throws CairnError for a tenant or a digest that is none. */
export function blobPath(root: string, tenantId: string, digest: string): string {
  const hex = hexOf(digest);
  return join(tenantFolder(root, tenantId), hex.slice(0, 2), hex.slice(2));
}

/** The file with the digests of a blob's chunks. */
export const chunkListPath = (path: string): string => `${path}.chunks`;

/** Whether a tenant's folder has blobs in a folder of this name. */
export const isBlobFolder = (name: string): boolean => FOLDER.test(name);

/** What a file beside the blobs is; undefined for a stranger. */
export function fileKind(
  folder: string,
  name: string,
): { readonly digest: `sha256:${string}`; readonly kind: 'blob' | 'chunkList' } | undefined {
  const [, hex, suffix] = FILE.exec(name) ?? [];
  return hex === undefined
    ? undefined
    : { digest: `sha256:${folder}${hex}`, kind: suffix ? 'chunkList' : 'blob' };
}

/** What an object of a bucket is, by its key below a tenant's folder; undefined for a stranger. */
export function keyKind(key: string): ReturnType<typeof fileKind> {
  const [folder = '', name = '', ...more] = key.split('/');
  return isBlobFolder(folder) && more.length === 0 ? fileKind(folder, name) : undefined;
}

/** Where incomplete writes stand; on the same file system, so that a rename is atomic. */
export const incomingFolder = (root: string): string => join(formatFolder(root), '.incoming');

/** Who writes a file: enough to tell from outside whether it still lives. */
export interface Writer {
  /** Of letters, digits, `.`, `-` and `_`. */
  readonly host: string;
  /** In which process ids have a meaning: the Linux PID namespace, 0 elsewhere. */
  readonly namespace: string;
  readonly pid: number;
  /** Random, new with each start of a process. */
  readonly start: string;
}

/** The name of a file that is being written. `random` tells it from the others of its writer. */
export function incomingName({ host, namespace, pid, start }: Writer, random: string): string {
  return [host, namespace, pid, start, random].join('~');
}

/** Who writes, or wrote, a file of this name; undefined when the name does not say. */
export function writerOf(name: string): Writer | undefined {
  const [host, namespace, pid, start, random] = name.split('~');
  if (!host || !namespace || !start || !random || !/^[1-9]\d*$/.test(pid ?? '')) return undefined;
  return { host, namespace, pid: Number(pid), start };
}
