/** Loaded into a program with `--import`: notes the size of its heap in a file of the folder CAIRN_SOAK_HEAP. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 2_000;
const folder = process.env['CAIRN_SOAK_HEAP'];

if (folder && isMainThread) {
  const file = join(folder, String(process.pid));
  const note = () => {
    writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()));
    // Whoever reads it finds it whole.
    renameSync(`${file}.new`, file);
  };
  note();
  setInterval(note, EVERY_MS).unref();
}
