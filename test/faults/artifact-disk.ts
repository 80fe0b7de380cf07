import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** What the programs store artifacts on. */
export interface ArtifactDisk {
  /** Why it cannot be filled on this machine; undefined where it can. */
  readonly unfillable?: string;
  /** The folder as the programs see it. */
  readonly folder: string;
  /** The same folder as this process sees it. */
  readonly seenHere: string;
  /** A command that runs a command where the folder is seen. */
  within(command: readonly string[]): readonly string[];
  /** Leaves no room; call again to take what has become free since. */
  fill(): Promise<void>;
  /** Gives the room back. */
  free(): Promise<void>;
  /** How much of it is in use, 0 to 1. */
  used(): Promise<number>;
  close(): Promise<void>;
}

const BLOCK = 1024 * 1024;
const PAGE = 4096;
const READY = 'mounted';
/** Mounts a file system of a limited size where only it and its children see it, and keeps it until input ends. */
const HOLD = `mount -t tmpfs -o "size=$2,mode=0755" cairn-faults "$1" && echo ${READY} && exec cat`;

/**
 * A file system of a limited size at `folder`, in a mount namespace of its own: it goes away with the processes that
 * live there. Root needs nothing else; an ordinary user is given one by most Linux machines, in a user namespace.
 * Elsewhere it is an ordinary folder, which cannot be filled.
 * @param size bytes
 */
export async function openArtifactDisk(folder: string, size: number): Promise<ArtifactDisk> {
  mkdirSync(folder, { recursive: true });
  if (process.platform !== 'linux')
    return ordinaryFolder(folder, `${process.platform} has no mount namespaces`);
  const refusals: string[] = [];
  const ways = [...(process.getuid?.() === 0 ? [[]] : []), ['--user', '--map-root-user']];
  for (const user of ways) {
    const held = await hold(folder, size, user);
    if (typeof held !== 'string') return limitedDisk(folder, held, user.length > 0);
    refusals.push(`unshare ${['--mount', ...user].join(' ')}: ${held}`);
  }
  return ordinaryFolder(folder, refusals.join('; '));
}

/** @returns the process that holds the namespace, or why there is none. */
async function hold(folder: string, size: number, user: readonly string[]): Promise<ChildProcess | string> {
  const args = ['--mount', ...user, '--propagation', 'private', 'sh', '-c', HOLD, 'sh', folder, String(size)];
  const holder = spawn('unshare', args, { cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  holder.stdin.on('error', () => undefined);
  let said = '';
  holder.stderr.on('data', data => (said += String(data)));
  const ready = new Promise<boolean>(resolve => {
    holder.stdout.on('data', data => resolve(String(data).includes(READY)));
    holder.once('error', error => {
      said += error.message;
      resolve(false);
    });
    holder.once('close', () => resolve(false));
  });
  return (await ready) ? holder : said.trim() || 'it ended at once';
}

function limitedDisk(folder: string, holder: ChildProcess, ofUser: boolean): ArtifactDisk {
  const { pid } = holder;
  const seenHere = `/proc/${pid}/root${folder}`;
  const filler = join(seenHere, 'filler');
  const closed = once(holder, 'close');
  return {
    folder,
    seenHere,
    within: command => [
      'nsenter',
      ...(ofUser ? [`--user=/proc/${pid}/ns/user`, '--preserve-credentials'] : []),
      `--mount=/proc/${pid}/ns/mnt`,
      ...command,
    ],
    fill: () => fillWith(filler),
    free: () => rm(filler, { force: true }),
    used: async () => {
      const { blocks, bfree } = await statfs(seenHere);
      return 1 - bfree / blocks;
    },
    close: async () => {
      holder.stdin!.end();
      await closed;
    },
  };
}

/** Grows a file until nothing more fits. */
async function fillWith(path: string): Promise<void> {
  const handle = await open(path, 'a');
  try {
    for (const size of [BLOCK, PAGE])
      for (let full = false; !full;)
        full = await handle.write(Buffer.alloc(size)).then(
          ({ bytesWritten }) => bytesWritten === 0,
          (error: unknown) => {
            if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return true;
            throw error;
          },
        );
  } finally {
    await handle.close();
  }
}

/** A folder like any other. @param unfillable why it cannot be filled */
export function ordinaryFolder(folder: string, unfillable = 'it is an ordinary folder'): ArtifactDisk {
  const nothing = () => Promise.resolve();
  return {
    unfillable,
    folder,
    seenHere: folder,
    within: command => command,
    fill: nothing,
    free: nothing,
    used: () => Promise.resolve(0),
    close: nothing,
  };
}
