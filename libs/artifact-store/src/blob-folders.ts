import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@cairn/canonical';
import { ifThere } from './file-errors.js';
import { fileKind, isBlobFolder, isTenant, tenantFolder, tenantsFolder } from './layout.js';

/** The names in a folder; none when it has gone. */
export const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await ifThere(() => readdir(folder))) ?? [];

/** A file of a tenant's. It may have gone since it was seen. */
export interface TenantFile {
  readonly digest: Digest;
  readonly path: string;
}

/** What stands in one folder of a tenant's: blobs, and the lists of their chunks. */
export interface BlobFolder {
  readonly blobs: readonly TenantFile[];
  readonly chunkLists: readonly TenantFile[];
}

/** Folder by folder, what a tenant has; strangers' files are left out. */
export async function* blobFolders(root: string, tenantId: string): AsyncIterable<BlobFolder> {
  const top = tenantFolder(root, tenantId);
  for (const folder of (await namesIn(top)).filter(isBlobFolder)) {
    const blobs: TenantFile[] = [];
    const chunkLists: TenantFile[] = [];
    for (const name of await namesIn(join(top, folder))) {
      const file = fileKind(folder, name);
      if (!file) continue;
      const list = file.kind === 'blob' ? blobs : chunkLists;
      list.push({ digest: file.digest, path: join(top, folder, name) });
    }
    yield { blobs, chunkLists };
  }
}

/** Every tenant that has a folder. */
export const tenantNames = async (root: string): Promise<readonly string[]> =>
  (await namesIn(tenantsFolder(root))).filter(isTenant);
