import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startKept, tailOf, type KeptProcess } from './kept-process.js';
import { lastLines } from './log-file.js';
import { TEMPORAL_VERSION, type BinarySearch } from './temporal-binary.js';

/** A download that has not begun by then will not: a firewall that swallows packets is no reason to wait. */
const BEGIN_WITHIN_MS = 15_000;
const FINISH_WITHIN_MS = 10 * 60_000;

/**
 * Has Temporal's TypeScript SDK download the binary, in a process of its own because the SDK's download has no
 * deadline, and moves it to `target` when it is whole.
 * @throws Error when there is no internet, or the download does not finish
 */
export async function downloadTemporal(target: string, search: BinarySearch): Promise<void> {
  const folder = `${target}.${randomUUID()}`;
  mkdirSync(folder, { recursive: true });
  search.log(
    `Looking for Temporal's dev server ${TEMPORAL_VERSION} to download, once (about 250 MB in ${dirname(target)})`,
  );
  try {
    const program = fileURLToPath(new URL('./download-program.js', import.meta.url));
    const download = await startKept({
      command: process.execPath,
      args: [program, folder, TEMPORAL_VERSION],
      cwd: folder,
      env: search.env ?? process.env,
      logFile: join(dirname(target), 'logs', 'temporal-download.log'),
      endWith: [['SIGKILL', 2_000]],
      signalGroup: true,
    });
    try {
      await untilDownloaded(download, folder, search.signal);
    } finally {
      await download.stop();
    }
    const [file] = filesIn(folder);
    if (file === undefined) throw new Error('nothing was downloaded');
    renameSync(join(folder, file), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilDownloaded(download: KeptProcess, folder: string, signal?: AbortSignal): Promise<void> {
  const begun = Date.now();
  while (!download.hasEnded()) {
    await Promise.race([download.ended, delay(200)]);
    signal?.throwIfAborted();
    const passed = Date.now() - begun;
    const limit = filesIn(folder).length > 0 ? FINISH_WITHIN_MS : BEGIN_WITHIN_MS;
    if (!download.hasEnded() && passed > limit) throw new Error(`nothing came within ${limit / 1000} s`);
  }
  const { how } = await download.ended;
  if (how !== 'exit code 0') throw new Error(lastLines(await tailOf(download), 1) || how);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).filter(name => name.startsWith('temporal'));
}
