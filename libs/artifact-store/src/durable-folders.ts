import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { isMissing } from './file-errors.js';

/** What is made or renamed in a folder is on disk only when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a folder that is not ours may answer: we have made nothing in it. */
const NOT_OURS = new Set(['EACCES', 'EPERM', 'EINVAL']);

/**
 * Moves files so that they are where they belong after a power cut too. A folder is an entry of its parent, and may
 * have been made a moment ago by another process that has not synced it yet; so each folder up to the root of the
 * file system counts as new until this process has synced its parent, once.
 */
export class DurableFolders {
  /** Folders whose parents were synced while they stood there. */
  private readonly known = new Set<string>();
  private readonly root: string;

  /** @param root what is above it may belong to others. */
  constructor(
    root: string,
    private readonly sync: (folder: string) => Promise<void> = syncFolder,
  ) {
    this.root = resolve(root);
  }

  /** Renames each file, in this order, into one folder, which is made when it is not there; then syncs what changed. */
  async move(files: readonly { readonly from: string; readonly to: string }[], into: string): Promise<void> {
    const folder = resolve(into);
    for (const { from, to } of files) {
      try {
        await rename(from, to);
      } catch (error) {
        if (!isMissing(error)) throw error;
        await this.make(folder);
        await rename(from, to);
      }
    }
    const fresh: string[] = [];
    for (let at = folder; at !== dirname(at); at = dirname(at)) if (!this.known.has(at)) fresh.push(at);
    await Promise.all([this.sync(folder), ...fresh.map(each => this.settle(each))]);
  }

  private async make(folder: string): Promise<void> {
    // Whoever has removed a folder that we knew may have removed others, and made them again.
    if (this.known.has(folder)) this.known.clear();
    const made = await mkdir(folder, { recursive: true });
    if (made === undefined) return;
    for (const each of this.known) if (each === made || each.startsWith(made + sep)) this.known.delete(each);
  }

  private async settle(folder: string): Promise<void> {
    const parent = dirname(folder);
    await this.sync(parent).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (folder.length > this.root.length || !NOT_OURS.has(code ?? '')) throw error;
    });
    this.known.add(folder);
  }
}
