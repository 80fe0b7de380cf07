import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder that goes away with this process, however that ends. */
export interface ScratchHome {
  readonly folder: string;
  /** Names a process that must be gone before the folder is removed. */
  outlasts(pid: number): void;
  /** Removes the folder, and waits until it is gone. @throws Error when it cannot be removed. */
  remove(): Promise<void>;
}

/** Makes a folder, and starts the caretaker that removes it. */
export function makeScratchHome(): ScratchHome {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-faults-'));
  // PostgreSQL, run by another user where this is root, must be able to pass through.
  chmodSync(folder, 0o711);
  const program = fileURLToPath(new URL('./caretaker.js', import.meta.url));
  // Outside this process's group, so that a Ctrl-C leaves it to its work.
  const caretaker = spawn(process.execPath, ['--max-old-space-size=32', program, folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  caretaker.stderr.on('data', data => (complaint += String(data)));
  caretaker.stdin.on('error', () => undefined);
  const ended = once(caretaker, 'close');
  return {
    folder,
    outlasts: pid => void caretaker.stdin.write(`${pid}\n`),
    remove: async () => {
      caretaker.stdin.end();
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`${folder} could not be removed: ${complaint}`);
    },
  };
}
