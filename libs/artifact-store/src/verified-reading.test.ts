import { appendFile, chmod, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { sha256 } from '@cairn/canonical';
import { formatChunkList } from './chunk-list.js';
import { openFileStore } from './index.js';
import { chunkListPath } from './layout.js';
import { dateBack, flipBit, LARGE, largeBytes, readBlob } from './testing/blobs.js';

// What is stored rots here in every way; no wrong byte may leave.
const root = await mkdtemp(join(tmpdir(), 'cairn-rot-'));
afterAll(() => rm(root, { recursive: true }));
const store = openFileStore(root);
const MiB = 2 ** 20;

async function stored(bytes: Buffer = largeBytes()) {
  const { digest } = await store.put('local', bytes);
  const path = store.uri('local', digest);
  await dateBack(path);
  return { bytes, digest, path };
}

/** The blob is gone, and comes back by being put. */
async function expectHealable(bytes: Buffer, digest: string): Promise<void> {
  expect(await store.stat('local', digest)).toBeUndefined();
  await expect(store.open('local', digest)).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
  await store.put('local', bytes);
  expect((await readBlob(store, 'local', digest)).equals(bytes)).toBe(true);
}

describe('one bit has changed, size and time have not', () => {
  test.each([
    ['small', Buffer.from('a document, stored a while ago'), 10],
    ['large, in its first chunk', largeBytes(), 10],
  ])('%s: nothing is opened', async (_what, content, position) => {
    const { bytes, digest, path } = await stored(content);
    await flipBit(path, position);
    await expect(store.open('local', digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
    await expectHealable(bytes, digest);
  });

  test('in its last chunk: what comes before is right, and the stream fails', async () => {
    const { bytes, digest, path } = await stored();
    await flipBit(path, LARGE - 1);
    const got: Uint8Array[] = [];
    await expect(readBlob(store, 'local', digest, { got })).rejects.toMatchObject({
      code: 'ARTIFACT_CORRUPT',
    });
    const before = Buffer.concat(got);
    expect(before.length).toBeLessThanOrEqual(3 * MiB);
    expect(before.equals(bytes.subarray(0, before.length))).toBe(true);
    await expectHealable(bytes, digest);
  });

  test('beyond the range that is asked for: the range is right', async () => {
    const { bytes, digest, path } = await stored();
    await flipBit(path, 2 * MiB);
    const range = { start: MiB, end: 2 * MiB - 1 };
    const part = await readBlob(store, 'local', digest, { range });
    expect(part.equals(bytes.subarray(MiB, 2 * MiB))).toBe(true);
  });

  test('in a chunk that the range touches, beside the range: nothing is opened', async () => {
    const { bytes, digest, path } = await stored();
    await flipBit(path, MiB + 5);
    await expect(
      store.open('local', digest, { start: 2 * MiB - 10, end: 2 * MiB - 1 }),
    ).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
    await expectHealable(bytes, digest);
  });

  test('while it is read: the stream fails, though the blob was whole when it was opened', async () => {
    const { bytes, digest, path } = await stored(Buffer.concat([largeBytes(), largeBytes(), largeBytes()]));
    const stream = await store.open('local', digest);
    await flipBit(path, bytes.length - 1);
    const got: Uint8Array[] = [];
    await expect(
      (async () => {
        for await (const piece of stream) got.push(piece as Uint8Array);
      })(),
    ).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
    const before = Buffer.concat(got);
    expect(before.equals(bytes.subarray(0, before.length))).toBe(true);
  });

  test.each(['verify', 'localPath'] as const)('%s notices it, each time it is asked', async method => {
    const { bytes, digest, path } = await stored();
    await store[method]('local', digest);
    const before = await store.stat('local', digest);
    await flipBit(path, LARGE - 1);
    expect((await store.stat('local', digest))?.stamp).not.toBe(before?.stamp);
    await expect(store[method]('local', digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
    await expect(store[method]('local', digest)).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
    await expectHealable(bytes, digest);
  });

  test('who asks after the change does not join who asked before', async () => {
    const { digest, path } = await stored(Buffer.concat([largeBytes(), largeBytes(), largeBytes()]));
    const before = store.verify('local', digest).catch(() => undefined);
    await flipBit(path, 0);
    await expect(store.verify('local', digest)).rejects.toMatchObject({
      code: expect.stringMatching(/^ARTIFACT_(CORRUPT|LOST)$/),
    });
    await before;
  });
});

describe('the size has changed', () => {
  test.each([
    ['cut within the last chunk', (path: string) => truncate(path, LARGE - 1)],
    ['cut at a chunk', (path: string) => truncate(path, 3 * MiB)],
    ['cut to less than a chunk', (path: string) => truncate(path, MiB / 2)],
    ['cut to nothing', (path: string) => truncate(path, 0)],
    ['added to', (path: string) => appendFile(path, '!')],
  ])('%s: no range is opened', async (_what, change) => {
    const { bytes, digest, path } = await stored();
    await chmod(path, 0o644);
    await change(path);
    await expect(store.open('local', digest, { start: 0, end: 9 })).rejects.toMatchObject({
      code: 'ARTIFACT_CORRUPT',
    });
    await expectHealable(bytes, digest);
  });

  test('a small blob that has grown beyond a chunk is not opened', async () => {
    const { bytes, digest, path } = await stored(Buffer.from('small'));
    await chmod(path, 0o644);
    await appendFile(path, Buffer.alloc(MiB));
    await expect(store.open('local', digest, { start: 0, end: 4 })).rejects.toMatchObject({
      code: 'ARTIFACT_CORRUPT',
    });
    await expectHealable(bytes, digest);
  });
});

test('a blob that was deleted is lost, whatever stands beside its place', async () => {
  const { bytes, digest, path } = await stored();
  await rm(path);
  await expectHealable(bytes, digest);
});

describe('the list of chunks', () => {
  const lying = (bytes: Buffer, digest: string) =>
    formatChunkList({
      digest,
      size: bytes.length,
      chunks: Array.from({ length: 4 }, () => sha256('another chunk').slice('sha256:'.length)),
    });
  const flipped = (text: string, position: number) => {
    const changed = Buffer.from(text);
    changed[changed.length + position]! ^= 1;
    return changed;
  };
  test.each([
    ['is missing', undefined],
    ['is empty', () => ''],
    ['has rotted at its start', (text: string) => flipped(text, -text.length)],
    ['has rotted in a digest', (text: string) => flipped(text, -100)],
    ['has rotted in its own digest', (text: string) => flipped(text, -2)],
    ['is cut', (text: string) => text.slice(0, -70)],
    ['is that of another blob', async () => readFile(chunkListPath((await stored()).path))],
    ['is whole, and wrong', (_text: string, bytes: Buffer, digest: string) => lying(bytes, digest)],
  ])('%s: it is made again, and the blob is what it was', async (_what, change) => {
    const { bytes, digest, path } = await stored();
    const list = chunkListPath(path);
    const right = await readFile(list, 'utf8');
    await rm(list);
    if (change) await writeFile(list, await change(right, bytes, digest));
    const range = { start: LARGE - 5, end: LARGE - 1 };
    expect(await readBlob(store, 'local', digest, { range })).toEqual(bytes.subarray(-5));
    expect(await readFile(list, 'utf8')).toBe(right);
    expect((await readBlob(store, 'local', digest)).equals(bytes)).toBe(true);
  });

  test('is missing, and the blob is corrupt: it is not made from what is wrong', async () => {
    const { bytes, digest, path } = await stored();
    await rm(chunkListPath(path));
    await flipBit(path, 2 * MiB);
    await expect(store.open('local', digest, { start: 0, end: 9 })).rejects.toMatchObject({
      code: 'ARTIFACT_CORRUPT',
    });
    await expect(readFile(chunkListPath(path))).rejects.toMatchObject({ code: 'ENOENT' });
    await expectHealable(bytes, digest);
  });

  test('is not written for a blob of one chunk', async () => {
    const { path } = await stored(largeBytes().subarray(0, MiB));
    await expect(readFile(chunkListPath(path))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('a blob that is put again while it is found corrupt stays', async () => {
  const { bytes, digest, path } = await stored(Buffer.alloc(200_000, 'again'));
  for (let round = 0; round < 20; round += 1) {
    await dateBack(path);
    await flipBit(path, 7);
    await Promise.all([store.put('local', bytes), store.verify('local', digest).catch(() => undefined)]);
    expect((await readBlob(store, 'local', digest)).equals(bytes)).toBe(true);
  }
});

test('a stream that nobody reads to its end closes its file', async () => {
  const { bytes, digest } = await stored();
  for (let round = 0; round < 2; round += 1) {
    const stream = await store.open('local', digest);
    if (round === 1) stream.read(1);
    const closed = new Promise(resolve => stream.once('close', resolve));
    stream.destroy();
    await closed;
    expect(stream.errored).toBeNull();
  }
  expect((await readBlob(store, 'local', digest)).equals(bytes)).toBe(true);
});
