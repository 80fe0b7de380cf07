import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openFileStore } from './index.js';
import { blobPath, chunkListPath, incomingFolder } from './layout.js';
import { flipBit, inPieces, largeBytes, listed, readBlob } from './testing/blobs.js';
import { startChild } from './testing/child.js';

// What only the file store promises of its writes.
const root = await mkdtemp(join(tmpdir(), 'cairn-writing-'));
afterAll(() => rm(root, { recursive: true }));
const store = openFileStore(root);
const incoming = (folder = root) => readdir(incomingFolder(folder)).catch(() => []);
const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test.each([
  ['stored', async (bytes: Buffer) => store.put('local', bytes)],
  [
    'refused',
    async (bytes: Buffer) => store.put('local', bytes, { announce: () => Promise.reject(new Error('no')) }),
  ],
  [
    'too large',
    async (bytes: Buffer) => store.put('local', inPieces(bytes, 65_536), { maxBytes: 3_000_000 }),
  ],
])('leaves nothing incomplete behind: %s', async (what, put) => {
  const bytes = largeBytes();
  await put(bytes).catch(() => undefined);
  expect(await incoming()).toEqual([]);
  const path = blobPath(root, 'local', digestOf(bytes));
  const there = await Promise.all(
    [path, chunkListPath(path)].map(each =>
      stat(each).then(
        ({ mode }) => mode & 0o777,
        () => undefined,
      ),
    ),
  );
  expect(there).toEqual(what === 'stored' ? [0o444, 0o444] : [undefined, undefined]);
});

test('putting the same bytes heals a blob that nobody has noticed to be corrupt', async () => {
  const bytes = Buffer.from('changed, of the same size');
  const { digest } = await store.put('local', bytes);
  await flipBit(store.uri('local', digest), 3);
  await store.put('local', bytes);
  expect(await readBlob(store, 'local', digest)).toEqual(bytes);
});

test('writes of the same bytes at once all succeed', async () => {
  const bytes = largeBytes();
  const stored = await Promise.all(
    Array.from({ length: 20 }, () => store.put('local', inPieces(bytes, 100_000))),
  );
  expect(new Set(stored.map(blob => blob.digest))).toEqual(new Set([digestOf(bytes)]));
  expect((await readBlob(store, 'local', digestOf(bytes))).equals(bytes)).toBe(true);
});

test('a store whose folders are removed under it makes them again', async () => {
  const own = openFileStore(join(root, 'removed'));
  const bytes = randomBytes(100);
  await own.put('local', bytes);
  await rm(join(root, 'removed'), { recursive: true });
  const { digest } = await own.put('local', bytes);
  expect(await readBlob(own, 'local', digest)).toEqual(bytes);
});

test('a write whose incomplete file is taken away is to be tried again', async () => {
  const announce = async () => rm(incomingFolder(root), { recursive: true });
  await expect(store.put('local', randomBytes(100), { announce })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    retryable: true,
  });
});

test('a listing passes over what is no blob, and over what vanishes meanwhile', async () => {
  const own = openFileStore(join(root, 'listing'));
  const { digest } = await own.put('local', largeBytes());
  await writeFile(join(own.uri('local', digest), '..', 'README'), 'a stranger');
  for (let i = 0; i < 50; i += 1) await own.put('local', randomBytes(10));
  const before = await listed(own, 'local');
  expect(before.length).toBe(51);
  const after = [];
  for await (const blob of own.list('local')) {
    after.push(blob);
    if (after.length === 1)
      for (const each of before) if (each.digest !== blob.digest) await own.remove('local', each.digest);
  }
  expect(after.length).toBe(1);
});

/** Writes 16 MiB where there is room for less, then a small blob; says what came of both, and what has stayed. */
const FULL = `
  import { readdir } from 'node:fs/promises';
  const store = openFileStore(args[0]);
  const answer = error => ({ code: error.code, retryable: error.retryable, cause: error.cause?.code });
  const large = await store.put('local', Buffer.alloc(16 << 20, 'x')).catch(answer);
  const small = await store.put('local', Buffer.from('fits')).catch(answer);
  console.log(JSON.stringify({ large, small: small.size, left: await readdir(args[0] + '/v1/.incoming') }));`;

describe('no room', () => {
  const mount = 'mount -t tmpfs -o size=8m none "$MOUNTED" 2>/dev/null';
  const mounted = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c'];
  // Not every machine lets everybody mount: the limit holds everywhere, the full file system where it can be had.
  const mayMount =
    spawnSync(mounted[0]!, [...mounted.slice(1), mount.replace('"$MOUNTED"', '/mnt')]).status === 0;
  const ways: readonly (readonly [string, string, (folder: string) => readonly string[]])[] = [
    ['under a limit on the size of files', 'EFBIG', () => ['sh', '-c', 'ulimit -f 8192; exec "$@"', 'sh']],
    ...(mayMount
      ? ([
          [
            'on a full file system',
            'ENOSPC',
            (folder: string) => [...mounted, `MOUNTED="${folder}"; ${mount} && exec "$@"`, 'sh'],
          ],
        ] as const)
      : []),
  ];
  test.each(ways)('%s: to be tried again, and nothing is left', async (_where, cause, wrapped) => {
    const folder = await mkdtemp(join(root, 'full-'));
    const child = startChild(FULL, [folder], { wrapped: wrapped(folder) });
    expect(JSON.parse(await child.line())).toEqual({
      large: { code: 'STORE_UNAVAILABLE', retryable: true, cause },
      small: 4,
      left: [],
    });
    await child.ended;
  });
});

/** Puts and reads so many MiB that are made as they are asked for; says by how many MiB the process has grown. */
const GROWTH = `
  const count = Number(args[1]);
  const store = openFileStore(args[0]);
  async function* source(count) {
    for (let i = 0; i < count; i += 1) yield Buffer.alloc(1 << 20, String(i));
  }
  const pass = async count => {
    const { digest } = await store.put('local', source(count));
    let size = 0;
    for await (const piece of await store.open('local', digest)) size += piece.length;
    await store.verify('local', digest);
    return size;
  };
  await pass(8);
  const before = process.resourceUsage().maxRSS;
  const size = await pass(count);
  console.log(JSON.stringify({ size, grown: (process.resourceUsage().maxRSS - before) / 1024 }));`;

test('memory does not grow with size', async () => {
  const child = startChild(GROWTH, [join(root, 'growth'), '256']);
  const { size, grown } = JSON.parse(await child.line()) as { size: number; grown: number };
  await child.ended;
  expect(size).toBe(256 * 2 ** 20);
  expect(grown).toBeLessThan(64);
});
