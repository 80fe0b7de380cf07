import type { EntityManager } from 'typeorm';
import { isGarbage, isMarked } from './blob-marks.js';

/** How long a tenant keeps what it does not pin, in milliseconds; null for ever. */
export interface RetentionRules {
  readonly keepRunsMs: number | null;
  readonly keepEntriesMs: number | null;
}

/** Bytes by digest, with their size. */
export interface SizedBlob {
  readonly digest: string;
  readonly size: number;
}

/** Who names some bytes. */
export interface BlobNames {
  /** The newest, as many as were asked for. */
  readonly artifacts: readonly { id: string; runId: string | null }[];
  /** How many artifacts there are. */
  readonly artifactCount: number;
  readonly entryCount: number;
}

const FORECAST = { keepRunsMs: '$3', keepEntriesMs: '$4', graceMs: '$2' } as const;

/**
 * The rows that stand for stored bytes, as those see them who care for the store. `BlobRepository` has what writers and
 * readers do, and the protocol between the two.
 */
export class BlobCareRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Gives rows to bytes that have none, touched now. @returns those that had none */
  async adopt(tenantId: string, blobs: readonly SizedBlob[]): Promise<SizedBlob[]> {
    const rows = await this.manager.query<{ digest: string; size: string }[]>(
      `INSERT INTO "blob" ("tenantId", "digest", "sizeBytes", "touchedAt")
       SELECT $1, "digest", "size", clock_timestamp()
         FROM unnest($2::text[], $3::bigint[]) AS "file" ("digest", "size") ORDER BY "digest"
       ON CONFLICT ("tenantId", "digest") DO NOTHING RETURNING "digest", "sizeBytes" AS "size"`,
      [tenantId, ...columns(blobs)],
    );
    return rows.map(row => ({ digest: row.digest, size: Number(row.size) }));
  }

  /** As `adopt`, but changes nothing. @returns those without a row, and whether a row or a lease names them all the same */
  async findWithoutRow(
    tenantId: string,
    blobs: readonly SizedBlob[],
    { keepRunsMs, keepEntriesMs, graceMs }: RetentionRules & { graceMs: number },
  ): Promise<(SizedBlob & { marked: boolean })[]> {
    const rows = await this.manager.query<{ digest: string; size: string; marked: boolean }[]>(
      `SELECT "file"."digest", "file"."size", ${isMarked('"file"', FORECAST)} AS "marked"
         FROM (SELECT $1::text AS "tenantId", "digest", "size"
                 FROM unnest($5::text[], $6::bigint[]) AS "given" ("digest", "size")) AS "file"
        WHERE NOT EXISTS (SELECT 1 FROM "blob" WHERE "tenantId" = $1 AND "digest" = "file"."digest")`,
      [tenantId, graceMs, keepRunsMs, keepEntriesMs, ...columns(blobs)],
    );
    return rows.map(row => ({ ...row, size: Number(row.size) }));
  }

  /**
   * Bytes that nothing keeps, in the order of their digests. Nothing is locked: look again before they are removed.
   * @param forecast what would be so if retention had been applied
   */
  async findGarbage(
    tenantId: string,
    { graceMs, after, limit }: { graceMs: number; after?: string; limit: number },
    forecast?: RetentionRules,
  ): Promise<SizedBlob[]> {
    const parameters = forecast ? [forecast.keepRunsMs, forecast.keepEntriesMs] : [];
    const at = parameters.length + 3;
    const rows = await this.manager.query<{ digest: string; size: string }[]>(
      `SELECT "digest", "sizeBytes" AS "size" FROM "blob"
        WHERE "tenantId" = $1 AND "digest" > $${at}
          AND ${isGarbage('"blob"', '$2', forecast && FORECAST)}
        ORDER BY "digest" LIMIT $${at + 1}`,
      [tenantId, graceMs, ...parameters, after ?? '', limit],
    );
    return rows.map(row => ({ digest: row.digest, size: Number(row.size) }));
  }

  /** How much `findGarbage` finds. */
  async sumGarbage(
    tenantId: string,
    graceMs: number,
    { keepRunsMs, keepEntriesMs }: RetentionRules,
  ): Promise<{ blobs: number; bytes: number }> {
    const [row] = await this.manager.query<[{ blobs: number; bytes: string }]>(
      `SELECT count(*)::int AS "blobs", COALESCE(sum("sizeBytes"), 0) AS "bytes" FROM "blob"
        WHERE "tenantId" = $1 AND ${isGarbage('"blob"', '$2', FORECAST)}`,
      [tenantId, graceMs, keepRunsMs, keepEntriesMs],
    );
    return { blobs: row.blobs, bytes: Number(row.bytes) };
  }

  /**
   * Locks rows until the transaction ends, in the order of their digests. Those that someone holds are left out: they
   * are about to be named.
   * @returns the digests of those that are locked
   */
  async lockUnheld(tenantId: string, digests: readonly string[]): Promise<string[]> {
    const rows = await this.manager.query<{ digest: string }[]>(
      `SELECT "digest" FROM "blob" WHERE "tenantId" = $1 AND "digest" = ANY($2)
        ORDER BY "digest" FOR UPDATE SKIP LOCKED`,
      [tenantId, [...digests]],
    );
    return rows.map(({ digest }) => digest);
  }

  /**
   * Whether nothing keeps these bytes, now. Only a row that is locked stays so; and only a statement that begins after
   * the row was locked sees what its last holder has written.
   */
  async isGarbage(tenantId: string, digest: string, graceMs: number): Promise<boolean> {
    const rows = await this.manager.query<unknown[]>(
      `SELECT 1 FROM "blob" WHERE "tenantId" = $1 AND "digest" = $3 AND ${isGarbage('"blob"', '$2')}`,
      [tenantId, graceMs, digest],
    );
    return rows.length === 1;
  }

  /** Forgets bytes that were removed. */
  async forgetBlobs(tenantId: string, digests: readonly string[]): Promise<void> {
    await this.manager.query(`DELETE FROM "blob" WHERE "tenantId" = $1 AND "digest" = ANY($2)`, [
      tenantId,
      [...digests],
    ]);
  }

  /** All bytes of a tenant in the order of their digests, a page at a time. */
  async listBlobs(tenantId: string, page: { after?: string; limit: number }): Promise<SizedBlob[]> {
    const rows = await this.manager.query<{ digest: string; size: string }[]>(
      `SELECT "digest", "sizeBytes" AS "size" FROM "blob"
        WHERE "tenantId" = $1 AND "digest" > $2 ORDER BY "digest" LIMIT $3`,
      [tenantId, page.after ?? '', page.limit],
    );
    return rows.map(row => ({ digest: row.digest, size: Number(row.size) }));
  }

  /** Notes that bytes were found right. Unlike `confirm` it does not touch them: nobody is about to name them. */
  async noteVerified(tenantId: string, digest: string, stamp: string): Promise<void> {
    await this.manager.query(
      `UPDATE "blob" SET "stamp" = $3, "verifiedAt" = clock_timestamp() WHERE "tenantId" = $1 AND "digest" = $2`,
      [tenantId, digest, stamp],
    );
  }

  /** Who names these bytes. */
  async namesOf(tenantId: string, digest: string, limit: number): Promise<BlobNames> {
    const artifacts = await this.manager.query<{ id: string; runId: string | null; all: number }[]>(
      `SELECT "id", "runId", (count(*) OVER ())::int AS "all" FROM "artifact"
        WHERE "tenantId" = $1 AND "contentHash" = $2 ORDER BY "createdAt" DESC, "id" DESC LIMIT $3`,
      [tenantId, digest, limit],
    );
    const [entries] = await this.manager.query<[{ all: number }]>(
      `SELECT count(*)::int AS "all" FROM "step_cache" WHERE "tenantId" = $1 AND "digests" @> ARRAY[$2::text]`,
      [tenantId, digest],
    );
    return {
      artifacts: artifacts.map(({ id, runId }) => ({ id, runId })),
      artifactCount: artifacts[0]?.all ?? 0,
      entryCount: entries.all,
    };
  }

  /** Pins the bytes of an artifact, or lets them go again. @returns their digest; null when there is no such artifact */
  async pinArtifact(tenantId: string, artifactId: string, pinned: boolean): Promise<string | null> {
    const [row] = await this.manager.query<{ digest: string }[]>(
      `INSERT INTO "blob" AS "current" ("tenantId", "digest", "sizeBytes", "touchedAt", "pinned")
       SELECT "tenantId", "contentHash", COALESCE("sizeBytes", 0), clock_timestamp(), $3 FROM "artifact"
        WHERE "tenantId" = $1 AND "id" = $2
       ON CONFLICT ("tenantId", "digest") DO UPDATE SET "pinned" = EXCLUDED."pinned"
       RETURNING "digest"`,
      [tenantId, artifactId, pinned],
    );
    return row?.digest ?? null;
  }
}

const columns = (blobs: readonly SizedBlob[]) => [
  blobs.map(blob => blob.digest),
  blobs.map(blob => blob.size),
];
