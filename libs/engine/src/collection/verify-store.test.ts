import { chmod, open, stat, utimes } from 'node:fs/promises';
import { newCacheEntry, writtenEvents } from '@cairn/dao/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ACME, startTestStore, type TestStore } from './testing/test-store.js';
import { verifyStore } from './verify-store.js';

let it: TestStore;
beforeAll(async () => void (it = await startTestStore()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const verify = (options: { limit?: number; after?: string; forMs?: number } = {}) =>
  verifyStore(it.parts, { tenantId: ACME, limit: 100, ...options });
const row = async (digest: string) => (await it.db.blobs.getBlob(ACME, digest))!;
const events = async () =>
  (await writtenEvents(it.dataSource, ACME)).filter(({ type }) => type === 'blob.damaged');

/** Flips a bit and gives the file its times back, as a disk would. */
async function rot(digest: string): Promise<void> {
  const path = it.store.uri(ACME, digest);
  const before = await stat(path);
  await chmod(path, 0o644);
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 2);
  await file.write(Buffer.from([byte[0]! ^ 1]), 0, 1, 2);
  await file.close();
  await utimes(path, before.atime, before.mtime);
}

test('what is right is noted, and not touched', async () => {
  const digest = await it.blob('fine', { touchedAgoMs: 5_000 });
  const before = await row(digest);
  expect(before).toMatchObject({ stamp: null, verifiedAt: null });
  expect(await verify()).toEqual({ checked: 1, bytes: 4, damaged: [] });
  const after = await row(digest);
  expect(after.stamp).toBe((await it.store.stat(ACME, digest))!.stamp);
  expect(after.verifiedAt).toBeInstanceOf(Date);
  expect(after.touchedAt).toEqual(before.touchedAt);
  expect(await events()).toEqual([]);
});

test('what is missing or corrupt is told with those who name it, and not believed any more', async () => {
  const [fine, missing, corrupt] = [
    await it.blob('fine'),
    await it.blob('missing'),
    await it.blob('corrupt'),
  ];
  const [run, other] = [await it.run(), await it.run()];
  const first = await it.artifact(run, missing);
  const second = await it.artifact(run, missing);
  const third = await it.artifact(other, missing);
  await it.artifact(other, fine);
  await it.db.cache.putEntry(newCacheEntry({ digests: [corrupt, fine] }));
  await verify();
  await it.store.remove(ACME, missing);
  await rot(corrupt);

  const { checked, damaged } = await verify();
  expect(checked).toBe(3);
  const expected = [
    {
      digest: missing,
      problem: 'missing',
      artifactIds: [third, second, first],
      runIds: [other.id, run.id],
      artifactCount: 3,
      entryCount: 0,
    },
    { digest: corrupt, problem: 'corrupt', artifactIds: [], runIds: [], artifactCount: 0, entryCount: 1 },
  ];
  const byProblem = <T extends { problem?: unknown }>(list: readonly T[]) =>
    [...list].sort((a, b) => String(b.problem).localeCompare(String(a.problem)));
  expect(byProblem(damaged)).toEqual(expected);
  const told = await events();
  expect(told.map(({ type }) => type)).toEqual(['blob.damaged', 'blob.damaged']);
  expect(byProblem(told.map(({ data }) => data))).toEqual(expected);
  for (const digest of [missing, corrupt])
    expect(await row(digest)).toMatchObject({ stamp: null, verifiedAt: null });
  expect((await row(fine)).stamp).not.toBeNull();
  // Gone, so that it can be made again.
  expect(await it.store.stat(ACME, corrupt)).toBeUndefined();
  await it.blob('corrupt');
  expect((await verify()).damaged.map(({ digest }) => digest)).toEqual([missing]);
});

test('bytes that were announced and never stored are no damage', async () => {
  const digest = await it.blob('never');
  await it.store.remove(ACME, digest);
  expect(await verify()).toEqual({ checked: 1, bytes: 5, damaged: [] });
  expect(await events()).toEqual([]);
});

test('goes on where the page before ended, until all had their turn', async () => {
  const digests: string[] = [];
  for (let n = 0; n < 5; n++) digests.push(await it.blob(`blob ${n}`));
  await it.blob('theirs', { tenantId: 'beta' });
  const pages: number[] = [];
  let after: string | undefined;
  do {
    const page = await verify({ limit: 2, ...(after && { after }) });
    pages.push(page.checked);
    after = page.next;
  } while (after !== undefined);
  expect(pages).toEqual([2, 2, 1]);
  for (const digest of digests) expect((await row(digest)).verifiedAt).not.toBeNull();
  expect(
    (await it.db.blobs.getBlob('beta', (await it.store.put('beta', Buffer.from('theirs'))).digest))!
      .verifiedAt,
  ).toBeNull();
});

test('ends a page when its time is up, and can be gone on with', async () => {
  for (let n = 0; n < 3; n++) await it.blob(`blob ${n}`);
  const first = await verify({ forMs: 0 });
  expect([first.checked, first.next !== undefined]).toEqual([1, true]);
  expect((await verify({ after: first.next! })).checked).toBe(2);
});
