import { createDataSource, repositories, transaction, type DataSource } from '@cairn/dao';
import { newArtifact, newCacheEntry } from '@cairn/dao/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkBlobs } from '../blobs/check-blobs.js';
import { keepBytes } from '../blobs/keep-bytes.js';
import { collect } from './collect.js';
import { sweepBlobs } from './sweep-blobs.js';
import { ACME, startTestStore, type TestStore } from './testing/test-store.js';

// Writers that store and reuse few contents again and again, so that most are garbage when they are wanted again,
// beside collections without a grace. Real: database, files, the functions that steps are executed with.
const WRITERS = 8;
const ROUNDS = 60;
const CONTENTS = 4;

let it: TestStore;
let dataSource: DataSource;
beforeAll(async () => {
  it = await startTestStore();
  dataSource = await createDataSource({ url: it.url, poolSize: WRITERS + 6 }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await it.stop();
});

const contentOf = (n: number) => Buffer.from(`content ${n} `.repeat(50));
const keyOf = (n: number) => `sha256:${String(n).padStart(64, '0')}`;
/** A small generator (mulberry32), so that a seed gives the same choices again. */
function choices(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Later somebody may have dropped the artifact, or made its bytes again: neither must hide that they were lost. */
async function assertThere(artifactId: string, digest: string): Promise<void> {
  if (await it.store.stat(ACME, digest)) return;
  if (await repositories(dataSource).artifacts.getArtifact(ACME, artifactId))
    throw new Error(`bytes that an artifact names were collected: ${digest}`);
}

/** As a step that executes: bytes first, announced; then all that names them in one transaction. */
async function execute(
  run: { id: string; tenantId: string },
  owner: { runId: string; stepId: string },
  n: number,
) {
  const parts = { ...it.parts, dataSource };
  const blob = await keepBytes(parts, ACME, owner, contentOf(n));
  const stamp = await it.store.verify(ACME, blob.digest);
  const [id] = await transaction(dataSource, async tx => {
    const held = await tx.blobs.confirm(ACME, [{ digest: blob.digest, stamp }], owner);
    if (!held) throw new Error(`bytes under a lease were collected: ${blob.digest}`);
    const row = newArtifact(run, { contentHash: blob.digest, sizeBytes: blob.size });
    const digests = [blob.digest];
    const outputs = { output: null, artifacts: [{ digest: blob.digest, size: blob.size }] };
    await tx.cache.putEntry(newCacheEntry({ cacheKey: keyOf(n), digests, outputs }));
    return tx.artifacts.insertArtifacts([row]);
  });
  await assertThere(id!, blob.digest);
}

/** As a step whose result is there. @returns whether it could be used */
async function reuse(run: { id: string; tenantId: string }, n: number): Promise<boolean> {
  const parts = { ...it.parts, dataSource, verifyAfterMs: 3_600_000 };
  const [entry] = await repositories(dataSource).cache.findLive(ACME, [keyOf(n)]);
  if (!entry) return false;
  const { artifacts } = entry.outputs as { artifacts: { digest: string; size: number }[] };
  if ((await checkBlobs(parts, ACME, artifacts)).damaged.size > 0) return false;
  const ids = await transaction(dataSource, async tx => {
    if (!(await tx.blobs.hold(ACME, entry.digests))) return undefined;
    return tx.artifacts.insertArtifacts(entry.digests.map(contentHash => newArtifact(run, { contentHash })));
  });
  if (ids) await assertThere(ids[0]!, entry.digests[0]!);
  return ids !== undefined;
}

/** Takes away what names a content, so that the next collection may have its bytes. */
async function drop(n: number, digest: string): Promise<void> {
  await repositories(dataSource).cache.deleteEntry(ACME, keyOf(n));
  await dataSource.query(`DELETE FROM "artifact" WHERE "contentHash" = $1`, [digest]);
}

test('no bytes that a row names are lost to collections beside writers', async () => {
  const seed = Date.now() % 1_000_000;
  const run = await it.run({ status: 'running' });
  const digests: string[] = [];
  for (let n = 0; n < CONTENTS; n++) digests.push((await it.store.put('pool', contentOf(n))).digest);

  // Nothing may go on behind a test that has failed: all end, then the first failure is told.
  const failures: unknown[] = [];
  const noted = (work: Promise<unknown>) => work.catch((error: unknown) => void failures.push(error));
  let reused = 0;
  const write = async (writer: number) => {
    const choose = choices(seed + writer);
    const owner = await it.step(run, 'running', `writer-${writer}`);
    for (let round = 0; round < ROUNDS && failures.length === 0; round++) {
      const n = choose(CONTENTS);
      if (choose(2) === 0) await drop(n, digests[n]!);
      else if (await reuse(run, n)) reused += 1;
      else await execute(run, owner, n);
    }
  };
  let writing = true;
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => noted(write(writer)))).then(
    () => (writing = false),
  );
  let collected = 0;
  let passes = 0;
  const parts = { ...it.parts, dataSource };
  const repeat = async (collectOnce: () => Promise<number>) => {
    while (writing) {
      const count = await collectOnce();
      collected += count;
      passes += 1;
    }
  };
  // One at a time is the rule. Should the lock be lost with its connection, there are more.
  const work = {
    tenantId: ACME,
    graceMs: 0,
    signal: undefined,
    limits: { runs: 9, entries: 9, events: 9, files: 9, marks: 3, blobs: 3 },
  };
  const sweep = async () => (await sweepBlobs(parts, work)).blobs.count;
  const collectOnce = async () => (await collect(parts, { tenantId: ACME, graceMs: 0 })).blobs.count;
  await Promise.all([writers, noted(repeat(collectOnce)), noted(repeat(sweep))]);
  if (failures.length > 0) throw failures[0];

  const named = await dataSource.query<{ digest: string }[]>(
    `SELECT DISTINCT "contentHash" AS "digest" FROM "artifact"
      UNION SELECT unnest("digests") FROM "step_cache"`,
  );
  const lost: string[] = [];
  for (const { digest } of named)
    await it.store.verify(ACME, digest).catch((error: Error) => lost.push(`${digest}: ${error.message}`));
  const seen = { seed, passes, collected, reused, named: named.length, lost };
  expect({ ...seen, lost: [] }).toEqual(seen);
  // Otherwise there was no race.
  expect(collected).toBeGreaterThan(CONTENTS);
  expect(reused).toBeGreaterThan(0);
  await it.collect();
  const { rows, files } = await it.everything();
  expect(files.filter(file => file.startsWith(ACME))).toHaveLength(named.length);
  expect(
    (rows['blob'] as unknown[]).filter(row => (row as { tenantId: string }).tenantId === ACME),
  ).toHaveLength(named.length);
}, 120_000);
