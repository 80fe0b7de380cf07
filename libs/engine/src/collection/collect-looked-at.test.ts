import type { ArtifactStore } from '@cairn/artifact-store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { checkBlobs } from '../blobs/check-blobs.js';
import { ACME, startTestStore, type TestStore } from './testing/test-store.js';
import { verifyStore } from './verify-store.js';

// Between the look at bytes and the row that names them collections run that have no patience at all.
const HOUR = 3_600_000;
const TEXT = 'wanted';
const size = Buffer.byteLength(TEXT);
let it: TestStore;
beforeAll(async () => void (it = await startTestStore()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const look = (digest: string, store = it.store) =>
  checkBlobs({ ...it.parts, store, verifyAfterMs: HOUR }, ACME, [{ digest, size }]);
const held = (digest: string) => it.transaction(tx => tx.blobs.hold(ACME, [digest]));
/** As by one who begins to store them: they come later, or never. */
const announced = (digest: string) => it.db.blobs.announce(ACME, { digest, size }, { forMs: HOUR });
/** The store, and what happens once bytes were read in it. */
function afterReading(then: () => Promise<unknown>): ArtifactStore {
  const store = Object.create(it.store) as ArtifactStore;
  store.verify = async (tenantId, digest) => {
    const stamp = await it.store.verify(tenantId, digest);
    await then();
    return stamp;
  };
  return store;
}

test('bytes that were found right are held, until they are collected, and again once they are stored again', async () => {
  const digest = await it.blob(TEXT);
  await look(digest);
  expect(await held(digest)).toBe(true);
  await it.collect();
  expect(await held(digest)).toBe(false);
  const seen = [{ digest, stamp: 'any' }];
  expect(await it.transaction(tx => tx.blobs.confirm(ACME, seen))).toBe(false);
  await it.blob(TEXT);
  await look(digest);
  expect([await held(digest), await it.has(digest)]).toEqual([true, true]);
});

test('bytes that somebody is about to store again are not those that were looked at', async () => {
  const digest = await it.blob(TEXT);
  await look(digest);
  await it.collect();
  await announced(digest);
  expect([await held(digest), await it.has(digest)]).toEqual([false, 'row without file']);
});

describe('bytes that were collected and announced again while they were read', () => {
  test.each<[string, (digest: string, store: ArtifactStore) => Promise<unknown>]>([
    ['a step', look],
    [
      'a verification of the store',
      (_digest, store) => verifyStore({ ...it.parts, store }, { tenantId: ACME, limit: 9 }),
    ],
  ])('are not noted as right by %s', async (_who, read) => {
    const digest = await it.blob(TEXT);
    await read(
      digest,
      afterReading(async () => {
        await it.collect();
        await announced(digest);
      }),
    );
    expect([await held(digest), await it.has(digest)]).toEqual([false, 'row without file']);
  });
});

test('bytes without a row stay while they are read', async () => {
  const { digest } = await it.store.put(ACME, Buffer.from(TEXT));
  await look(
    digest,
    afterReading(() => it.collect()),
  );
  expect([await held(digest), await it.has(digest)]).toEqual([true, true]);
});

test('a collection that ends between the bytes and their row leaves no row to be held', async () => {
  const digest = await it.blob(TEXT);
  await look(digest);
  const store = Object.create(it.store) as ArtifactStore;
  store.remove = async (tenantId, doomed) => {
    await it.store.remove(tenantId, doomed);
    throw new Error('no more');
  };
  expect((await it.collect({}, store)).failed).toBe(1);
  expect([await held(digest), await it.has(digest)]).toEqual([false, 'row without file']);
});

test('bytes that are found right after a collection doubted them stay', async () => {
  const digest = await it.blob(TEXT);
  await it.db.blobCare.doubtLetGo(ACME, [digest], 0);
  expect(await held(digest)).toBe(false);
  await look(digest);
  expect(await it.transaction(tx => tx.blobCare.lockLetGo(ACME, [digest], 0))).toEqual([]);
  expect(await held(digest)).toBe(true);
});
