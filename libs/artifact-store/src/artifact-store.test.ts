import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openFileStore, openMemoryStore, type ArtifactStore } from './index.js';

const root = await mkdtemp(join(tmpdir(), 'cairn-store-'));
afterAll(() => rm(root, { recursive: true }));

const digest = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
async function read(
  store: ArtifactStore,
  tenant: string,
  id: string,
  range?: { start: number; end: number },
) {
  const chunks: Buffer[] = [];
  for await (const chunk of await store.open(tenant, id, range)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
async function* pieces(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

// Every adapter keeps the same contract.
describe.each([
  ['files', () => openFileStore(join(root, 'contract'))],
  ['memory', () => openMemoryStore()],
])('%s', (_name, make) => {
  const store = make();
  const bytes = randomBytes(5_000);

  test('gives back what was put, from memory, a file or a stream, under the digest of its bytes', async () => {
    const path = join(root, 'source.bin');
    await writeFile(path, bytes);
    for (const source of [bytes, { path }, pieces(bytes)])
      expect(await store.put('local', source)).toEqual({ digest: digest(bytes), size: 5_000 });
    expect(await read(store, 'local', digest(bytes))).toEqual(bytes);
    expect(await readFile(await store.localPath('local', digest(bytes)))).toEqual(bytes);
  });

  test('gives a range with both ends', async () => {
    await store.put('local', bytes);
    expect(await read(store, 'local', digest(bytes), { start: 10, end: 12 })).toEqual(bytes.subarray(10, 13));
  });

  test('keeps an empty blob', async () => {
    const empty = await store.put('local', new Uint8Array());
    expect(await store.stat('local', empty.digest)).toMatchObject({
      digest: digest(new Uint8Array()),
      size: 0,
    });
    expect(await read(store, 'local', empty.digest)).toEqual(Buffer.alloc(0));
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
    const listed = [];
    for await (const blob of store.list('lister')) listed.push(blob);
    expect(listed).toEqual([{ digest: digest(bytes), size: 5_000 }]);
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
    const listed = [];
    for await (const blob of store.list('broken')) listed.push(blob);
    expect(listed).toEqual([]);
  });
});

async function corrupt(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[0]! ^= 1;
  await chmod(path, 0o644);
  await writeFile(path, bytes);
}

describe('files only', () => {
  const folder = join(root, 'files');
  const store = openFileStore(folder);

  test('leaves no incomplete file behind', async () => {
    await store.put('local', Buffer.from('complete'));
    expect(await readdir(join(folder, 'v1', '.incoming'))).toEqual([]);
  });

  async function corrupted(text: string): Promise<string> {
    const { digest: id } = await store.put('local', Buffer.from(text));
    await corrupt(store.uri('local', id));
    return id;
  }

  test.each(['localPath', 'verify'] as const)(
    '%s notices a changed bit and drops the blob, which can be put again',
    async method => {
      const id = await corrupted(method);
      await expect(store[method]('local', id)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
      expect(await store.stat('local', id)).toBeUndefined();
      await expect(store[method]('local', id)).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
      await store.put('local', Buffer.from(method));
      expect(await readFile(await store.localPath('local', id), 'utf8')).toBe(method);
    },
  );

  test('a change after a blob was found whole is noticed', async () => {
    const { digest: id } = await store.put('local', Buffer.from('found whole'));
    await store.verify('local', id);
    await corrupt(store.uri('local', id));
    await expect(store.verify('local', id)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
  });

  test('putting the same bytes heals a blob that nobody has noticed to be corrupt', async () => {
    const id = await corrupted('changed, of the same size');
    await store.put('local', Buffer.from('changed, of the same size'));
    expect((await read(store, 'local', id)).toString()).toBe('changed, of the same size');
    await truncate(store.uri('local', id), 3);
    await store.put('local', Buffer.from('changed, of the same size'));
    expect((await read(store, 'local', id)).toString()).toBe('changed, of the same size');
  });

  test('writes of the same bytes at once all succeed', async () => {
    const bytes = randomBytes(200_000);
    const stored = await Promise.all(Array.from({ length: 20 }, () => store.put('local', pieces(bytes))));
    expect(new Set(stored.map(blob => blob.digest))).toEqual(new Set([digest(bytes)]));
    expect(await read(store, 'local', digest(bytes))).toEqual(bytes);
  });
});
