import { join } from 'node:path';
import { CairnError } from '@cairn/dto';

const TENANT = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const HEX = /^sha256:([0-9a-f]{64})$/;

/**
 * The only file that knows the layout of the file store:
 *
 *     <root>/v1/local/sha256/9f/86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *     └root  │  └tenant      └first two hex digits, then the other 62
 *            └format
 *     <root>/v1/.incoming/<random>        what is being written
 *
 * A change of the layout changes the format.
 */
export const FORMAT = 'v1';

/** The folder of a tenant's blobs. @throws CairnError when the tenant's id could leave its folder. */
export function tenantFolder(root: string, tenantId: string): string {
  if (!TENANT.test(tenantId))
    throw new CairnError('VALIDATION_ERROR', `${JSON.stringify(tenantId)} is not a tenant's id`);
  return join(root, FORMAT, tenantId, 'sha256');
}

/** The file of a blob. @throws CairnError when the digest is not `sha256:` and 64 lower-case hex digits. */
export function blobPath(root: string, tenantId: string, digest: string): string {
  const hex = HEX.exec(digest)?.[1];
  if (hex === undefined)
    throw new CairnError('INVALID_HASH', `${JSON.stringify(digest)} is not sha256: and 64 hex digits`);
  return join(tenantFolder(root, tenantId), hex.slice(0, 2), hex.slice(2));
}

/** Where incomplete writes stand; on the same file system, so that a rename is atomic. */
export function incomingFolder(root: string): string {
  return join(root, FORMAT, '.incoming');
}
