import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openFileStore, type ArtifactStore } from '@cairn/artifact-store';
import { repositories, transaction, type JsonObject } from '@cairn/dao';
import { createMigratedTestDatabase, newArtifact, newCacheEntry, newRun, newStep } from '@cairn/dao/testing';
import { keepBytes } from '../../blobs/keep-bytes.js';
import { silent } from '../../testing/test-engine.js';
import { collect, CollectionRunningError, type CollectionOptions } from '../collect.js';
import type { CollectionReport } from '../report.js';
import type { StoreParts } from '../tenant-work.js';

export const ACME = 'acme';
const ENDED = ['completed', 'failed', 'cancelled'];
const TABLES = [
  ['run', 'id'],
  ['run_step', 'id'],
  ['artifact', 'id'],
  ['step_cache', 'cacheKey'],
  ['blob', 'tenantId, digest'],
  ['blob_lease', 'id'],
  ['step_claim', 'cacheKey'],
  ['step_waiter', 'runId'],
  ['claim_outcome', 'generation'],
  ['event', 'id'],
  ['retention', 'tenantId'],
] as const;

/** A real database and a real file store, and rows made short. Times are set in the rows: nothing waits for a clock. */
export async function startTestStore() {
  const database = await createMigratedTestDatabase();
  const { dataSource } = database;
  const root = await mkdtemp(join(tmpdir(), 'cairn-collection-'));
  const store = openFileStore(root);
  const parts: StoreParts = { dataSource, store, log: silent };
  const db = repositories(dataSource);

  /** Bytes that were stored and touched so long ago; nothing names them. @returns their digest */
  const blob = async (text: string, { tenantId = ACME, touchedAgoMs = 0 } = {}) => {
    const { digest } = await keepBytes(parts, tenantId, { forMs: 0 }, Buffer.from(text));
    await dataSource.query('DELETE FROM "blob_lease" WHERE "digest" = $1', [digest]);
    await dataSource.query(
      `UPDATE "blob" SET "touchedAt" = clock_timestamp() - $2 * interval '1 millisecond' WHERE "digest" = $1`,
      [digest, touchedAgoMs],
    );
    return digest;
  };
  const run = async ({ tenantId = ACME, status = 'completed', endedAgoMs = 0, pinned = false } = {}) => {
    const made = newRun({ tenantId });
    await db.runs.insertRun(made);
    await dataSource.query(
      `UPDATE "run" SET "status" = $2, "pinned" = $3,
              "completedAt" = CASE WHEN $4 THEN clock_timestamp() - $5 * interval '1 millisecond' END WHERE "id" = $1`,
      [made.id, status, pinned, ENDED.includes(status), endedAgoMs],
    );
    return made;
  };
  const step = async (of: { id: string; tenantId: string }, status = 'pending', stepId = 'bgm') => {
    await db.steps.insertSteps([newStep(of, { stepId })]);
    if (status !== 'pending')
      await db.steps.startAttempt(of.tenantId, of.id, stepId, { attempt: 1, inputHash: 'i', cacheKey: null });
    if (status === 'completed')
      await db.steps.completeStep(of.tenantId, of.id, stepId, {
        outputArtifactIds: [],
        cacheHit: false,
        durationMs: 1,
      });
    return { runId: of.id, stepId };
  };
  const artifact = async (of: { id: string; tenantId: string }, digest: string) => {
    const [id] = await db.artifacts.insertArtifacts([newArtifact(of, { contentHash: digest, sizeBytes: 1 })]);
    return id!;
  };
  const entry = async (
    digest: string,
    {
      tenantId = ACME,
      usedAgoMs = 0,
      expiredAgoMs,
    }: { tenantId?: string; usedAgoMs?: number; expiredAgoMs?: number } = {},
  ) => {
    const cacheKey = `sha256:${randomBytes(32).toString('hex')}`;
    await db.cache.putEntry(newCacheEntry({ tenantId, cacheKey, digests: [digest] }));
    await dataSource.query(
      `UPDATE "step_cache" SET "createdAt" = clock_timestamp() - $2::float8 * interval '1 millisecond',
              "expiresAt" = clock_timestamp() - $3::float8 * interval '1 millisecond' WHERE "cacheKey" = $1`,
      [cacheKey, usedAgoMs, expiredAgoMs ?? null],
    );
    return cacheKey;
  };

  return {
    ...database,
    root,
    store,
    parts,
    db,
    blob,
    run,
    step,
    artifact,
    entry,
    collect: (options: Partial<CollectionOptions> = {}, store: ArtifactStore = parts.store) =>
      collect({ ...parts, store }, { graceMs: 0, ...options }),
    /** Whether bytes are there: with row and file, or neither; anything between is told. */
    has: async (digest: string, tenantId = ACME): Promise<boolean | string> => {
      const row = (await db.blobs.getBlob(tenantId, digest)) !== null;
      const file = (await store.stat(tenantId, digest)) !== undefined;
      return row === file ? row : row ? 'row without file' : 'file without row';
    },
    /** All there is, to see that it did not change. */
    everything: async () => {
      const rows: Record<string, unknown> = {};
      for (const [table, order] of TABLES)
        rows[table] = await dataSource.query<JsonObject[]>(
          `SELECT * FROM "${table}" ORDER BY ${order
            .split(', ')
            .map(name => `"${name}"`)
            .join(', ')}`,
        );
      const files: string[] = [];
      for await (const tenantId of store.tenants())
        for await (const { digest, size } of store.list(tenantId))
          files.push(`${tenantId} ${digest} ${size}`);
      return { rows, files: files.sort() };
    },
    transaction: <T>(work: Parameters<typeof transaction<T>>[1]) => transaction(dataSource, work),
    reset: async () => {
      await dataSource.query(`TRUNCATE ${TABLES.map(([table]) => `"${table}"`).join(', ')} CASCADE`);
      await rm(root, { recursive: true, force: true });
    },
    stop: async () => {
      await database.drop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
export type TestStore = Awaited<ReturnType<typeof startTestStore>>;

/** Collects as soon as the one that is under way, or was until its process died, has ended. */
export async function collectWhenFree(
  collectNow: () => Promise<CollectionReport>,
  deadlineMs = 20_000,
): Promise<CollectionReport> {
  for (const end = performance.now() + deadlineMs; ;)
    try {
      return await collectNow();
    } catch (error) {
      if (!(error instanceof CollectionRunningError) || performance.now() > end) throw error;
      await delay(20);
    }
}
