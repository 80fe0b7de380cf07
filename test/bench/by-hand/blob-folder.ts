import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Blob {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly path: string;
}

/** Files named by what is in them, in 256 folders that are made beforehand. */
export class BlobFolder {
  private constructor(private readonly root: string) {}

  static async open(root: string): Promise<BlobFolder> {
    await mkdir(join(root, 'incoming'), { recursive: true });
    for (let prefix = 0; prefix < 256; prefix += 1)
      await mkdir(join(root, prefix.toString(16).padStart(2, '0')), { recursive: true });
    await sync(root);
    return new BlobFolder(root);
  }

  /** Stores bytes; they are on disk, under their name, when it returns. */
  async put(bytes: Uint8Array): Promise<Blob> {
    const hex = createHash('sha256').update(bytes).digest('hex');
    const folder = join(this.root, hex.slice(0, 2));
    const path = join(folder, hex.slice(2));
    const incoming = join(this.root, 'incoming', randomUUID());
    try {
      const file = await open(incoming, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(incoming, path);
    } catch (error) {
      await rm(incoming, { force: true });
      throw error;
    }
    await sync(folder);
    return { digest: `sha256:${hex}`, size: bytes.length, path };
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
