import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { formatChunkList } from '../chunk-list.js';
import { chunkListPath } from '../layout.js';
import { dateBack, flipBit, inPieces, LARGE, largeBytes, listed, readBlob } from '../testing/blobs.js';
import { startTestS3 } from '../testing/s3.js';

// What only the store in S3 promises of its reading. Real: an S3 server, whose files are changed under it.
const s3 = await startTestS3();
afterAll(() => s3.stop());
const store = s3.open('reading');
const MiB = 2 ** 20;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function stored(bytes: Buffer = largeBytes()) {
  const { digest } = await store.put('local', bytes);
  return { bytes, digest, file: s3.fileOf(store.uri('local', digest)) };
}

test('lies where its uri says, as the file store would have it', async () => {
  const { bytes, digest, file } = await stored();
  const hex = digest.slice('sha256:'.length);
  expect(store.uri('local', digest)).toBe(
    `s3://cairn-test/reading/v1/local/sha256/${hex.slice(0, 2)}/${hex.slice(2)}`,
  );
  expect((await readFile(file)).equals(bytes)).toBe(true);
  const chunks = [0, 1, 2, 3].map(n => sha256(bytes.subarray(n * MiB, (n + 1) * MiB)));
  expect(await readFile(chunkListPath(file), 'latin1')).toBe(
    formatChunkList({ digest, size: LARGE, chunks }),
  );
});

describe('a bit has flipped', () => {
  test.each([
    ['in the first chunk', 5, 0],
    ['in a later chunk', 2 * MiB + 7, 2 * MiB],
    ['in the last byte', LARGE - 1, 3 * MiB],
  ])(
    '%s: what is before it is given, it is not, and the blob can be put again',
    async (_where, at, given) => {
      const { bytes, digest, file } = await stored();
      await flipBit(file, at);
      const got: Uint8Array[] = [];
      await expect(readBlob(store, 'local', digest, { got })).rejects.toMatchObject({
        code: 'ARTIFACT_CORRUPT',
      });
      expect(Buffer.concat(got).equals(bytes.subarray(0, given))).toBe(true);
      expect(await store.stat('local', digest)).toBeUndefined();
      await store.put('local', bytes);
      expect((await readBlob(store, 'local', digest)).equals(bytes)).toBe(true);
    },
  );

  test('elsewhere than in the range: the range is given', async () => {
    const { bytes, digest, file } = await stored();
    await flipBit(file, 5);
    const range = { start: MiB, end: MiB + 99 };
    expect(await readBlob(store, 'local', digest, { range })).toEqual(bytes.subarray(MiB, MiB + 100));
    expect(await store.stat('local', digest)).toMatchObject({ digest, size: bytes.length });
  });

  test.each(['verify', 'localPath'] as const)('%s finds it and drops the blob', async method => {
    const { digest, file } = await stored(randomBytes(5_000));
    const before = await store.stat('local', digest);
    await flipBit(file, 5);
    expect((await store.stat('local', digest))?.stamp).not.toBe(before?.stamp);
    await expect(store[method]('local', digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
    expect(existsSync(file)).toBe(false);
    await expect(store[method]('local', digest)).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
  });
});

test.each([
  ['cut', (bytes: Buffer) => bytes.subarray(0, 2 * MiB)],
  ['longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(MiB)])],
  ['empty', () => Buffer.alloc(0)],
])('an object that is %s is not given', async (_how, change) => {
  const { bytes, digest, file } = await stored();
  await writeFile(file, change(bytes));
  await expect(readBlob(store, 'local', digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
});

test.each([
  ['is missing', undefined],
  ['has rotted', (text: string) => text.replace(/[0-9](?=\n)/, digit => String((Number(digit) + 1) % 10))],
  [
    'is that of other chunks',
    (_text: string, digest: string) =>
      formatChunkList({ digest, size: LARGE, chunks: Array<string>(4).fill(sha256(Buffer.from('another'))) }),
  ],
])('a list of chunks that %s is made again', async (_what, change) => {
  const { bytes, digest, file } = await stored();
  const right = await readFile(chunkListPath(file), 'utf8');
  await rm(chunkListPath(file));
  if (change) await writeFile(chunkListPath(file), change(right, digest));
  const range = { start: LARGE - 5, end: LARGE - 1 };
  expect(await readBlob(store, 'local', digest, { range })).toEqual(bytes.subarray(-5));
  expect(await readFile(chunkListPath(file), 'utf8')).toBe(right);
});

test('an object in many parts is what was put', async () => {
  const bytes = randomBytes(20 * MiB + 1);
  const { digest } = await store.put('parts', inPieces(bytes, 300_001));
  expect(digest).toBe(`sha256:${sha256(bytes)}`);
  expect((await readBlob(store, 'parts', digest)).equals(bytes)).toBe(true);
  expect(await listed(store, 'parts')).toEqual([{ digest, size: bytes.length }]);
});

test('writes of the same bytes at once, by two machines, all succeed', async () => {
  const bytes = largeBytes();
  const elsewhere = s3.open('reading', { copies: { folder: `${s3.place.copies.folder}-2`, maxBytes: 1 } });
  const writers = Array.from({ length: 10 }, (_, n) => (n % 2 ? store : elsewhere));
  const blobs = await Promise.all(writers.map(each => each.put('local', inPieces(bytes, 100_000))));
  expect(new Set(blobs.map(({ digest }) => digest)).size).toBe(1);
  expect((await readBlob(elsewhere, 'local', blobs[0]!.digest)).equals(bytes)).toBe(true);
});

describe('copies on this machine', () => {
  const own = (name: string, maxBytes = 2 ** 30) =>
    s3.open('reading', { copies: { folder: `${s3.place.copies.folder}-${name}`, maxBytes } });

  test('one is made once, and not believed when it has changed', async () => {
    const { bytes, digest } = await stored(randomBytes(2 * MiB));
    const near = own('once');
    const path = await near.localPath('local', digest);
    await dateBack(path);
    expect(await near.localPath('local', digest)).toBe(path);
    await flipBit(path, 9);
    expect((await readFile(await near.localPath('local', digest))).equals(bytes)).toBe(true);
  });

  test('are no reason to give what is not in the store any more', async () => {
    const { digest } = await stored(randomBytes(100));
    await store.localPath('local', digest);
    await store.remove('local', digest);
    await expect(store.localPath('local', digest)).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
  });

  test('make room, the longest unused first, but not what was just asked for', async () => {
    const near = own('few', 2.5 * MiB);
    const paths: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { digest } = await stored(randomBytes(MiB));
      paths.push(await near.localPath('local', digest));
      // Long ago, but for the last two.
      if (n < 2) await dateBack(paths[n]!);
    }
    expect(paths.map(path => existsSync(path))).toEqual([false, false, true, true]);
  });
});
