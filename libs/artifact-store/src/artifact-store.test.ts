import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openFileStore, openMemoryStore, type StoredBlob } from './index.js';
import { inPieces, largeBytes, listed, readBlob } from './testing/blobs.js';
import { startTestS3 } from './testing/s3.js';

const root = await mkdtemp(join(tmpdir(), 'cairn-store-'));
const s3 = await startTestS3();
afterAll(async () => {
  await s3.stop();
  await rm(root, { recursive: true });
});

const digest = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
// Every adapter keeps the same contract.
describe.each([
  ['files', (folder: string) => openFileStore(join(root, folder))],
  ['memory', () => openMemoryStore()],
  ['s3', (prefix: string) => s3.open(prefix)],
])('%s', (_name, make) => {
  const store = make('contract');
  const bytes = randomBytes(5_000);

  test('gives back what was put, from memory, a file or a stream, under the digest of its bytes', async () => {
    const path = join(root, 'source.bin');
    await writeFile(path, bytes);
    for (const source of [bytes, { path }, inPieces(bytes)])
      expect(await store.put('local', source)).toEqual({ digest: digest(bytes), size: 5_000 });
    expect(await readBlob(store, 'local', digest(bytes))).toEqual(bytes);
    expect(await readFile(await store.localPath('local', digest(bytes)))).toEqual(bytes);
  });

  test('gives a range with both ends', async () => {
    await store.put('local', bytes);
    expect(await readBlob(store, 'local', digest(bytes), { range: { start: 10, end: 12 } })).toEqual(
      bytes.subarray(10, 13),
    );
  });

  test('keeps an empty blob', async () => {
    const empty = await store.put('local', new Uint8Array());
    expect(await store.stat('local', empty.digest)).toMatchObject({
      digest: digest(new Uint8Array()),
      size: 0,
    });
    expect(await readBlob(store, 'local', empty.digest)).toEqual(Buffer.alloc(0));
  });

  test("does not show one tenant another's blobs", async () => {
    await store.put('local', bytes);
    expect(await store.stat('other', digest(bytes))).toBeUndefined();
    await expect(store.open('other', digest(bytes))).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
  });

  test('verifies what is there', async () => {
    await store.put('local', bytes);
    const found = await store.stat('local', digest(bytes));
    expect(await store.verify('local', digest(bytes))).toBe(found?.stamp);
    await expect(store.verify('other', digest(bytes))).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
  });

  test('lists each blob once', async () => {
    await store.put('lister', bytes);
    await store.put('lister', bytes);
    expect(await listed(store, 'lister')).toEqual([{ digest: digest(bytes), size: 5_000 }]);
  });

  test.each(['', '..', 'a/b', 'A', 'x'.repeat(64)])('refuses the tenant %j', async tenant => {
    await expect(store.put(tenant, bytes)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  test.each(['', 'sha256:zz', '../../etc/passwd', digest(bytes).toUpperCase()])(
    'refuses the digest %j',
    async id => {
      await expect(store.stat('local', id)).rejects.toMatchObject({ code: 'INVALID_HASH' });
    },
  );

  test('a source that fails leaves nothing', async () => {
    async function* failing() {
      yield Buffer.from('half');
      throw new Error('the source broke');
    }
    await expect(store.put('broken', failing())).rejects.toThrow('the source broke');
    expect(await listed(store, 'broken')).toEqual([]);
  });

  test('gives any range of a blob of several chunks', async () => {
    const large = largeBytes();
    const blob = await store.put('local', inPieces(large, 300_001));
    expect(blob).toEqual({ digest: digest(large), size: large.length });
    expect((await readBlob(store, 'local', blob.digest)).equals(large)).toBe(true);
    const MiB = 2 ** 20;
    for (const [start, end] of [
      [0, 0],
      [MiB - 1, MiB],
      [MiB, 2 * MiB - 1],
      [3 * MiB + 5, large.length - 1],
      [large.length - 1, large.length + 10],
      [large.length, large.length + 10],
    ] as const) {
      const part = await readBlob(store, 'local', blob.digest, { range: { start, end } });
      expect(part.equals(large.subarray(start, end + 1))).toBe(true);
    }
  });

  test('announces a blob before it is there', async () => {
    const told: unknown[] = [];
    const announce = async (blob: StoredBlob) => {
      told.push(blob, await store.stat('announced', blob.digest));
    };
    const blob = await store.put('announced', bytes, { announce });
    expect(told).toEqual([blob, undefined]);
    expect(await store.stat('announced', blob.digest)).toMatchObject(blob);
  });

  test.each([
    ['small', 5_000],
    ['large', 3_000_000],
  ])('keeps nothing %s whose announcement is refused', async (_what, size) => {
    const announce = () => Promise.reject(new Error('no row'));
    await expect(store.put('refused', randomBytes(size), { announce })).rejects.toThrow('no row');
    expect(await listed(store, 'refused')).toEqual([]);
  });

  test.each([5_000, 2 ** 20, 2 ** 20 + 1])(
    'takes %i bytes where so many are allowed, not one more',
    async max => {
      const allowed = randomBytes(max);
      const more = Buffer.concat([allowed, Buffer.from('!')]);
      const paths = [join(root, `${max}-allowed`), join(root, `${max}-more`)] as const;
      await writeFile(paths[0], allowed);
      await writeFile(paths[1], more);
      for (const source of [allowed, { path: paths[0] }, inPieces(allowed, 65_536)])
        expect(await store.put('bounded', source, { maxBytes: max })).toMatchObject({ size: max });
      for (const source of [more, { path: paths[1] }, inPieces(more, 65_536)])
        await expect(store.put('bounded', source, { maxBytes: max })).rejects.toMatchObject({
          code: 'BODY_TOO_LARGE',
        });
      expect((await listed(store, 'bounded')).map(({ digest: id }) => id)).not.toContain(digest(more));
    },
  );

  test('reads no further than the bound', async () => {
    let pulled = 0;
    let ended = false;
    async function* endless() {
      try {
        for (; ; pulled += 1) yield randomBytes(100);
      } finally {
        ended = true;
      }
    }
    await expect(store.put('local', endless(), { maxBytes: 1_000 })).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
    expect([pulled, ended]).toEqual([10, true]);
  });

  test('stores what it has hashed, though the source changes meanwhile', async () => {
    const mine = largeBytes();
    let done = false;
    const putting = store.put('local', mine).finally(() => (done = true));
    for (let value = 0; !done; value += 1) {
      mine.fill(value);
      await setImmediate();
    }
    const { digest: id } = await putting;
    expect(digest(await readBlob(store, 'local', id))).toBe(id);
  });

  test('the stamp is another after a blob was written again', async () => {
    const { digest: id } = await store.put('stamped', bytes);
    const first = await store.stat('stamped', id);
    expect(await store.stat('stamped', id)).toEqual(first);
    await store.put('stamped', bytes);
    expect((await store.stat('stamped', id))?.stamp).not.toBe(first?.stamp);
  });

  test.each([
    ['small', 5_000],
    ['large', 3_000_000],
  ])('removes a %s blob of one tenant, once', async (_what, size) => {
    const removed = randomBytes(size);
    const { digest: id } = await store.put('remover', removed);
    await store.put('keeper', removed);
    expect(await store.remove('remover', id)).toBe(size);
    expect(await store.remove('remover', id)).toBe(0);
    expect(await store.stat('remover', id)).toBeUndefined();
    await expect(store.open('remover', id)).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
    expect((await readBlob(store, 'keeper', id)).equals(removed)).toBe(true);
  });

  test('names the tenants that have blobs', async () => {
    const own = make('tenants');
    const tenants = async () => {
      const names = [];
      for await (const name of own.tenants()) names.push(name);
      return names.sort();
    };
    expect(await tenants()).toEqual([]);
    const { digest: id } = await own.put('one', bytes);
    await own.put('two', bytes);
    expect(await tenants()).toEqual(['one', 'two']);
    await own.remove('one', id);
    expect(await tenants()).toEqual(['two']);
  });

  test('a sweep leaves what is stored and what is being written', async () => {
    const own = make('sweep');
    await own.put('local', bytes);
    const swept: unknown[] = [];
    async function* source() {
      yield bytes;
      swept.push(await own.sweepIncoming(0));
      yield bytes;
    }
    await own.put('local', source());
    expect(swept).toEqual([{ files: 0, bytes: 0 }]);
    expect((await listed(own, 'local')).map(({ size }) => size).sort()).toEqual([10_000, 5_000]);
  });
});
