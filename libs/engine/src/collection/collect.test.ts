import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, newCacheEntry, writtenEvents } from '@cairn/dao/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { checkBlobs } from '../blobs/check-blobs.js';
import { NO_FIGURES } from './report.js';
import { ACME, startTestStore, type TestStore } from './testing/test-store.js';

const HOUR = 3_600_000;
let it: TestStore;
beforeAll(async () => void (it = await startTestStore()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const bytesOf = (text: string) => ({ count: 1, bytes: Buffer.byteLength(text) });
const expireLease = (digest: string) =>
  it.dataSource.query(`UPDATE "blob_lease" SET "expiresAt" = clock_timestamp() WHERE "digest" = $1`, [
    digest,
  ]);

describe('bytes stay', () => {
  /** Makes something keep the bytes; returns what ends that. */
  const keepers: Record<string, (digest: string) => Promise<() => Promise<unknown>>> = {
    'while an artifact names them': async digest => {
      const run = await it.run();
      await it.artifact(run, digest);
      return () => it.dataSource.query('DELETE FROM "artifact"');
    },
    'while a cache entry names them': async digest => {
      const cacheKey = await it.entry(digest);
      return () => it.db.cache.deleteEntry(ACME, cacheKey);
    },
    'while an entry names them beside others': async digest => {
      const digests = [digestOf('1'), digest, digestOf('2')];
      await it.db.cache.putEntry(newCacheEntry({ digests }));
      return () => it.dataSource.query('DELETE FROM "step_cache"');
    },
    'while they are pinned': async digest => {
      const id = await it.artifact(await it.run(), digest);
      expect(await it.db.blobCare.pinArtifact(ACME, id, true)).toBe(digest);
      await it.dataSource.query('DELETE FROM "artifact"');
      return () => it.dataSource.query('UPDATE "blob" SET "pinned" = false');
    },
    'while the step that stores them is pending': async digest => {
      const owner = await it.step(await it.run({ status: 'running' }));
      await it.db.blobs.announce(ACME, { digest, size: 1 }, owner);
      return () => it.db.steps.skipSteps(ACME, owner.runId, [owner.stepId], 'cancelled');
    },
    'while the step that stores them runs': async digest => {
      const owner = await it.step(await it.run({ status: 'running' }), 'running');
      await it.db.blobs.announce(ACME, { digest, size: 1 }, owner);
      return () => it.db.steps.failStep(ACME, owner.runId, owner.stepId, { error: 'e', errorCode: null });
    },
    'until the time of their lease': async digest => {
      await it.db.blobs.announce(ACME, { digest, size: 1 }, { forMs: HOUR });
      return () => expireLease(digest);
    },
  };
  test.each(Object.entries(keepers))('%s', async (_what, keep) => {
    const digest = await it.blob('precious');
    const end = await keep(digest);
    expect((await it.collect()).blobs).toEqual({ count: 0, bytes: 0 });
    expect(await it.has(digest)).toBe(true);
    await end();
    expect((await it.collect()).blobs).toEqual(bytesOf('precious'));
    expect(await it.has(digest)).toBe(false);
  });

  test('until they were not touched for the grace', async () => {
    const young = await it.blob('young', { touchedAgoMs: HOUR - 60_000 });
    const old = await it.blob('old', { touchedAgoMs: HOUR + 60_000 });
    expect((await it.collect({ graceMs: HOUR })).blobs).toEqual(bytesOf('old'));
    expect([await it.has(young), await it.has(old)]).toEqual([true, false]);
    await it.db.blobs.touch(ACME, [young], HOUR);
    expect((await it.collect({ graceMs: HOUR })).blobs.count).toBe(0);
  });

  test('in the tenant whose row names them, and in no other', async () => {
    const digest = await it.blob('same');
    await it.blob('same', { tenantId: 'beta' });
    await it.artifact(await it.run({ tenantId: 'beta' }), digest);
    await it.collect();
    expect([await it.has(digest), await it.has(digest, 'beta')]).toEqual([false, true]);
  });

  test('while a transaction holds their row', async () => {
    const digest = await it.blob('held');
    await checkBlobs({ ...it.parts, verifyAfterMs: HOUR }, ACME, [{ digest, size: 4 }]);
    const run = await it.run();
    await it.transaction(async tx => {
      expect(await tx.blobs.hold(ACME, [digest])).toBe(true);
      expect((await it.collect()).blobs.count).toBe(0);
      expect(await it.has(digest)).toBe(true);
      await tx.artifacts.insertArtifacts([
        {
          ...run,
          runId: run.id,
          stepId: 's',
          skillId: 'k',
          name: 'n',
          type: 't/t',
          uri: 'u',
          contentHash: digest,
        },
      ]);
    });
    expect((await it.collect()).blobs.count).toBe(0);
    expect(await it.has(digest)).toBe(true);
  });
});

describe('bytes and rows', () => {
  test('a file without a row gets one, and its grace begins', async () => {
    const { digest } = await it.store.put(ACME, Buffer.from('stray'));
    const report = await it.collect({ graceMs: HOUR });
    expect([report.unrecorded, report.blobs.count]).toEqual([bytesOf('stray'), 0]);
    expect(await it.has(digest)).toBe(true);
    expect((await it.db.blobs.getBlob(ACME, digest))!.sizeBytes).toBe(5);
    expect((await it.collect({ graceMs: HOUR })).unrecorded.count).toBe(0);
  });

  test('without a grace it goes in the same pass, unless something names it', async () => {
    const { digest } = await it.store.put(ACME, Buffer.from('stray'));
    const named = await it.store.put(ACME, Buffer.from('named'));
    await it.artifact(await it.run(), named.digest);
    const report = await it.collect();
    expect([report.unrecorded, report.blobs]).toEqual([{ count: 2, bytes: 10 }, bytesOf('stray')]);
    expect([await it.has(digest), await it.has(named.digest)]).toEqual([false, true]);
  });

  test('a row whose file a killed collection has removed goes', async () => {
    const digest = await it.blob('half');
    await it.store.remove(ACME, digest);
    expect(await it.has(digest)).toBe('row without file');
    expect((await it.collect()).blobs).toEqual({ count: 1, bytes: 0 });
    expect(await it.has(digest)).toBe(false);
  });

  test('many go in small batches', async () => {
    for (let n = 0; n < 7; n++) await it.blob(`n${n}`);
    const kept = await it.blob('kept');
    await it.entry(kept);
    const limits = { marks: 3, blobs: 2, files: 3, runs: 1, entries: 1 };
    expect((await it.collect({ limits })).blobs).toEqual({ count: 7, bytes: 14 });
    expect((await it.everything()).files).toHaveLength(1);
    expect(await it.has(kept)).toBe(true);
  });

  test('one file that cannot be removed does not keep the others', async () => {
    const digests = [await it.blob('a'), await it.blob('b'), await it.blob('c')];
    const stuck = digests[1]!;
    const stubborn = Object.create(it.store) as typeof it.store;
    stubborn.remove = (tenantId, digest) =>
      digest === stuck ? Promise.reject(new Error('EPERM')) : it.store.remove(tenantId, digest);
    const report = await it.collect({}, stubborn);
    expect([report.blobs.count, report.failed]).toEqual([2, 1]);
    expect(await Promise.all(digests.map(digest => it.has(digest)))).toEqual([false, true, false]);
  });
});

describe('retention', () => {
  test('deletes ended runs that are not pinned, with what is theirs', async () => {
    await it.db.retention.putRules(ACME, { keepRunsMs: HOUR, keepEntriesMs: null });
    const due = { endedAgoMs: 2 * HOUR };
    const runs = {
      old: await it.run(due),
      failed: await it.run({ ...due, status: 'failed' }),
      pinned: await it.run({ ...due, pinned: true }),
      young: await it.run({ endedAgoMs: HOUR / 2 }),
      live: await it.run({ status: 'running' }),
      theirs: await it.run({ ...due, tenantId: 'beta' }),
    };
    const digests: Record<string, string> = {};
    for (const [name, run] of Object.entries(runs)) {
      digests[name] = await it.blob(name, { tenantId: run.tenantId });
      await it.step(run, 'completed');
      await it.artifact(run, digests[name]);
    }
    const report = await it.collect({ limits: { runs: 1 } });
    expect(report).toMatchObject({ runs: 2, artifacts: 2, blobs: { count: 2, bytes: 9 } });
    const left = await it.dataSource.query<{ id: string }[]>('SELECT "id" FROM "run"');
    expect(left.map(({ id }) => id).sort()).toEqual(
      [runs.pinned, runs.young, runs.live, runs.theirs].map(({ id }) => id).sort(),
    );
    for (const [name, run] of Object.entries(runs)) {
      expect([name, await it.has(digests[name]!, run.tenantId)]).toEqual([
        name,
        !['old', 'failed'].includes(name),
      ]);
      const steps = await it.db.steps.listSteps(run.tenantId, run.id);
      expect([name, steps.length]).toEqual([name, ['old', 'failed'].includes(name) ? 0 : 1]);
    }
  });

  test('evicts entries that were not used, by their last hit', async () => {
    await it.db.retention.putRules(ACME, { keepRunsMs: null, keepEntriesMs: HOUR });
    const [unused, used, fresh] = [await it.blob('unused'), await it.blob('used'), await it.blob('fresh')];
    await it.entry(unused, { usedAgoMs: 2 * HOUR });
    await it.db.cache.recordHits(ACME, new Map([[await it.entry(used, { usedAgoMs: 2 * HOUR }), 1]]));
    await it.entry(fresh, { usedAgoMs: HOUR / 2 });
    expect(await it.collect({ limits: { entries: 1 } })).toMatchObject({
      entries: 1,
      blobs: bytesOf('unused'),
    });
    expect([await it.has(unused), await it.has(used), await it.has(fresh)]).toEqual([false, true, true]);
  });

  test('without rules keeps everything but what expired before the grace', async () => {
    await it.run({ endedAgoMs: 10_000 * HOUR });
    const old = await it.blob('old', { touchedAgoMs: 3 * HOUR });
    await it.entry(old, { usedAgoMs: 10_000 * HOUR });
    const [gone, going] = [await it.blob('gone', { touchedAgoMs: 3 * HOUR }), await it.blob('going')];
    await it.entry(gone, { expiredAgoMs: 2 * HOUR });
    await it.entry(going, { expiredAgoMs: HOUR / 2 });
    expect(await it.collect({ graceMs: HOUR })).toMatchObject({
      runs: 0,
      entries: 1,
      blobs: bytesOf('gone'),
    });
    expect([await it.has(old), await it.has(gone), await it.has(going)]).toEqual([true, false, true]);
    expect(await it.collect()).toMatchObject({ entries: 1, blobs: bytesOf('going') });
  });

  test('leaves an artifact whose bytes are pinned, until they are not', async () => {
    await it.db.retention.putRules(ACME, { keepRunsMs: HOUR, keepEntriesMs: null });
    const run = await it.run({ endedAgoMs: 2 * HOUR });
    const digest = await it.blob('kept');
    const id = await it.artifact(run, digest);
    await it.artifact(run, await it.blob('not'));
    await it.db.blobCare.pinArtifact(ACME, id, true);
    expect(await it.collect()).toMatchObject({ runs: 1, artifacts: 1, blobs: bytesOf('not') });
    expect(await it.db.artifacts.getArtifact(ACME, id)).toMatchObject({ runId: null, contentHash: digest });
    expect(await it.has(digest)).toBe(true);
    expect(await it.db.blobCare.pinArtifact('beta', id, false)).toBeNull();
    expect(await it.db.blobCare.pinArtifact(ACME, id, false)).toBe(digest);
    expect(await it.collect()).toMatchObject({ runs: 0, artifacts: 1, blobs: bytesOf('kept') });
  });
});

/** Something of each kind that goes, and of each that stays. */
async function everyKind() {
  await it.db.retention.putRules(ACME, { keepRunsMs: HOUR, keepEntriesMs: HOUR });
  const [old, live] = [await it.run({ endedAgoMs: 2 * HOUR }), await it.run({ status: 'running' })];
  const pinned = await it.blob('pinned');
  await it.db.blobCare.pinArtifact(ACME, await it.artifact(old, pinned), true);
  for (const text of ['of an old run', 'of both']) await it.artifact(old, await it.blob(text));
  await it.artifact(live, await it.blob('of both'));
  await it.entry(await it.blob('unused'), { usedAgoMs: 2 * HOUR });
  await it.entry(await it.blob('expired'), { expiredAgoMs: 2 * HOUR });
  await it.entry(await it.blob('used'));
  await it.blob('nobody');
  await it.store.put(ACME, Buffer.from('no row'));

  const ended = await it.step(old, 'completed');
  const open = await it.step(live, 'running');
  for (const owner of [ended, open]) {
    await it.db.blobs.announce(ACME, { digest: await it.blob(`by ${owner.runId}`), size: 1 }, owner);
    await it.db.claims.wait({ tenantId: ACME, ...owner, cacheKey: digestOf('9'), temporalWorkflowId: 'w' });
  }
  await it.db.blobs.announce(ACME, { digest: await it.blob('upload'), size: 6 }, { forMs: 0 });
  const claim = (owner: typeof ended, key: string, leaseMs: number) =>
    it.db.claims.claim({ tenantId: ACME, ...owner, cacheKey: digestOf(key), attempt: 1, leaseMs });
  await claim(ended, 'a', 0);
  await claim(ended, 'b', HOUR);
  await claim(open, 'c', 0);
  // Of 1001 nobody waits for the outcome, of 1003 one whose step has ended.
  for (const [generation, waiter] of [
    [1001, null],
    [1002, live.id],
    [1003, old.id],
  ] as const) {
    await it.dataSource.query(
      `INSERT INTO "claim_outcome" ("generation", "tenantId", "cacheKey", "runId", "stepId", "claimedAt", "kind")
       VALUES ($1, $2, $3, $4, 'bgm', now(), 'succeeded')`,
      [generation, ACME, digestOf('9'), old.id],
    );
    await it.dataSource.query(`UPDATE "step_waiter" SET "settledBy" = $1 WHERE "runId" = $2`, [
      generation,
      waiter,
    ]);
  }
  return { old, live };
}

test('rows that dead processes left go, those of living ones stay', async () => {
  const { live } = await everyKind();
  const { remains } = await it.collect();
  expect(remains).toEqual({ leases: 2, waiters: 1, claims: 1, outcomes: 2 });
  const left = async (table: string, column: string) =>
    (
      await it.dataSource.query<{ it: string }[]>(
        `SELECT "${column}"::text AS "it" FROM "${table}" ORDER BY 1`,
      )
    ).map(row => row.it);
  expect(await left('blob_lease', 'runId')).toEqual([live.id]);
  expect(await left('step_waiter', 'runId')).toEqual([live.id]);
  expect(await left('step_claim', 'cacheKey')).toEqual([digestOf('b'), digestOf('c')]);
  expect(await left('claim_outcome', 'generation')).toEqual(['1002']);
});

test('a grace keeps outcomes and claims for a while', async () => {
  await everyKind();
  expect((await it.collect({ graceMs: HOUR })).remains).toMatchObject({ claims: 0, outcomes: 0 });
});

test.each([0, HOUR])(
  'a dry run with a grace of %d ms tells what would go, and changes nothing',
  async graceMs => {
    await everyKind();
    await it.dataSource.query(
      `UPDATE "blob" SET "touchedAt" = clock_timestamp() - interval '2 hours' WHERE "sizeBytes" > 6`,
    );
    const before = await it.everything();
    const forecast = await it.collect({ graceMs, dryRun: true });
    expect(await it.everything()).toEqual(before);
    const report = await it.collect({ graceMs });
    expect({ ...forecast, dryRun: false }).toEqual(report);
    expect(report.blobs.count).toBeGreaterThan(1);
    expect(report).toMatchObject({
      runs: 1,
      artifacts: 2,
      entries: 2,
      unrecorded: { count: 1, bytes: 6 },
      failed: 0,
    });
  },
);

test('removes what writers left that nobody has written to for an hour', async () => {
  await it.store.put(ACME, Buffer.from('makes the folders'));
  const incoming = join(it.root, 'v1', '.incoming');
  await mkdir(incoming, { recursive: true });
  const longAgo = Date.now() / 1000 - 7_200;
  for (const name of ['old', 'new']) await writeFile(join(incoming, name), 'half a file');
  await utimes(join(incoming, 'old'), longAgo, longAgo);
  expect((await it.collect({ dryRun: true })).leftovers).toEqual({ count: 1, bytes: 11 });
  expect((await readdir(incoming)).sort()).toEqual(['new', 'old']);
  expect((await it.collect()).leftovers).toEqual({ count: 1, bytes: 11 });
  expect(await readdir(incoming)).toEqual(['new']);
});

test('there is one collection at a time', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>(resolve => (release = resolve));
  const slow = Object.create(it.store) as typeof it.store;
  const reached = new Promise<void>(resolve => {
    slow.sweepIncoming = async (olderThanMs, options) => {
      resolve();
      await released;
      return it.store.sweepIncoming(olderThanMs, options);
    };
  });
  const first = it.collect({}, slow);
  await reached;
  await expect(it.collect()).rejects.toMatchObject({ code: 'COLLECTION_RUNNING' });
  await expect(it.collect({ dryRun: true })).rejects.toMatchObject({ code: 'COLLECTION_RUNNING' });
  release();
  await first;
  expect((await it.collect()).blobs.count).toBe(0);
});

test('tells what it did in an event of the tenant', async () => {
  await it.blob('mine');
  await it.blob('theirs', { tenantId: 'beta' });
  await it.blob('kept');
  await it.entry(await it.blob('kept'));
  const report = await it.collect();
  expect(report.blobs).toEqual({ count: 2, bytes: 10 });
  for (const [tenantId, bytes] of [
    [ACME, 4],
    ['beta', 6],
  ] as const) {
    const rows = await writtenEvents(it.dataSource, tenantId);
    expect(rows.map(({ type, data }) => ({ type, data }))).toEqual([
      { type: 'store.collected', data: { graceMs: 0, ...NO_FIGURES, blobs: { count: 1, bytes } } },
    ]);
  }
  // Nothing to do: no news, unless someone asked for this tenant.
  await it.collect();
  const count = async () => (await writtenEvents(it.dataSource, ACME)).length;
  expect(await count()).toBe(1);
  await it.collect({ tenantId: ACME });
  expect(await count()).toBe(2);
});

test('of one tenant leaves the others alone, and ends between two steps when it is told to', async () => {
  const [mine, theirs] = [await it.blob('mine'), await it.blob('theirs', { tenantId: 'beta' })];
  await expect(it.collect({ tenantId: ACME, signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
    'stop',
  );
  expect(await it.has(mine)).toBe(true);
  await it.collect({ tenantId: ACME });
  expect([await it.has(mine), await it.has(theirs, 'beta')]).toEqual([false, true]);
});
