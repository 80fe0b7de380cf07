import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openFileStore, type ArtifactStore } from './index.js';
import { chunkListPath, incomingFolder, incomingName, writerOf, type Writer } from './layout.js';
import { largeBytes, listed } from './testing/blobs.js';
import { startChild } from './testing/child.js';
import { isDead, thisWriter } from './this-writer.js';

const root = await mkdtemp(join(tmpdir(), 'cairn-leftovers-'));
afterAll(() => rm(root, { recursive: true }));
const HOUR = 3_600_000;
let folder: string;
let store: ArtifactStore;
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'store-'));
  store = openFileStore(folder);
  await store.put('local', Buffer.from('makes the folders'));
});

/** Puts in a source that says when it has given 3 MiB, and ends when it is told to. */
const SLOW = `
  const store = openFileStore(args[0]);
  async function* source() {
    for (let i = 0; i < 3; i += 1) yield Buffer.alloc(1 << 20, String(i));
    console.log('has begun');
    for await (const line of process.stdin) return;
  }
  console.log((await store.put('local', source())).size);
  process.exit();`;

test('what a killed writer has left is swept at once, what a living one writes is not', async () => {
  const [killed, living] = [startChild(SLOW, [folder]), startChild(SLOW, [folder])];
  expect([await killed.line(), await living.line()]).toEqual(['has begun', 'has begun']);
  killed.process.kill('SIGKILL');
  await killed.ended;
  expect((await readdir(incomingFolder(folder))).length).toBe(2);
  const would = await store.sweepIncoming(HOUR, { dryRun: true });
  expect(would.files).toBe(1);
  expect((await readdir(incomingFolder(folder))).length).toBe(2);
  expect(await store.sweepIncoming(HOUR)).toEqual(would);
  expect(await store.sweepIncoming(HOUR)).toEqual({ files: 0, bytes: 0 });
  living.process.stdin!.end('end\n');
  expect(await living.line()).toBe(String(3 * 2 ** 20));
  await living.ended;
  expect(await readdir(incomingFolder(folder))).toEqual([]);
  expect((await listed(store, 'local')).map(({ size }) => size).sort((a, b) => a - b)).toEqual([
    17,
    3 * 2 ** 20,
  ]);
});

/** A file that somebody was writing until so long ago. */
async function incomplete(name: string, quiet: number): Promise<string> {
  const path = join(incomingFolder(folder), name);
  await writeFile(path, 'half');
  const then = new Date(Date.now() - quiet);
  await utimes(path, then, then);
  return path;
}

test.each([
  ['of another host, an hour old', incomingName({ ...thisWriter, host: 'other' }, 'ab'), HOUR, 1],
  ['of another host, a minute old', incomingName({ ...thisWriter, host: 'other' }, 'ab'), 60_000, 0],
  ['that does not say whose it is, an hour old', 'somebody', HOUR, 1],
  ['that does not say whose it is, a minute old', 'somebody', 60_000, 0],
  ['of what was here before us', incomingName({ ...thisWriter, start: '00' }, 'ab'), 0, 1],
])('a file %s', async (_what, name, quiet, files) => {
  await incomplete(name, quiet);
  expect(await store.sweepIncoming(HOUR)).toEqual({ files, bytes: files * 4 });
});

describe('a writer is known to be dead', () => {
  const gone = { ...thisWriter, pid: 2 ** 22 + 1, start: '00' };
  test.each<[string, boolean, Partial<Writer>, number]>([
    ['when it is us', false, thisWriter, HOUR],
    ['when it had our process id', true, { ...thisWriter, start: '00' }, 0],
    ['when no process has its id', true, gone, 0],
    ['when a process has its id', false, { ...gone, pid: process.ppid }, HOUR],
    ['when it is elsewhere', false, { ...gone, host: 'other' }, HOUR],
    ['when its process ids are not ours', false, { ...gone, namespace: '1' }, HOUR],
    [
      'when it had our process id in another container',
      false,
      { ...gone, pid: process.pid, namespace: '1' },
      59_000,
    ],
    ['when that one is silent', true, { ...gone, pid: process.pid, namespace: '1' }, 60_000],
  ])('%s: %p', (_when, dead, writer, quiet) => {
    expect(isDead(writer as Writer, quiet)).toBe(dead);
  });

  test('by the name of its file', () => {
    expect(writerOf(incomingName(gone, 'ab'))).toEqual(gone);
    expect(writerOf('a~b~c~d~e')).toBeUndefined();
    expect(writerOf('9b2e1c56-0000-4000-8000-000000000000')).toBeUndefined();
  });
});

test('a list of chunks without its blob is swept when it is old enough, one with it never', async () => {
  const kept = await store.put('local', largeBytes());
  const { digest } = await store.put('local', largeBytes());
  const list = chunkListPath(store.uri('local', digest));
  const { size } = await stat(list);
  await rm(store.uri('local', digest));
  expect(await store.sweepIncoming(HOUR)).toEqual({ files: 0, bytes: 0 });
  expect(await store.sweepIncoming(0)).toEqual({ files: 1, bytes: size });
  await expect(stat(list)).rejects.toMatchObject({ code: 'ENOENT' });
  await stat(chunkListPath(store.uri('local', kept.digest)));
});
