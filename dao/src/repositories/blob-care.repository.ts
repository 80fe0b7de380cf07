import type { EntityManager } from 'typeorm';
import { DOUBTED, isLetGo, markedDigests } from './blob-marks.js';

/** How long a tenant keeps what it does not pin, in milliseconds; null for ever. */
export interface RetentionRules {
  readonly keepRunsMs: number | null;
  readonly keepEntriesMs: number | null;
  /** For ever when absent. */
  readonly keepEventsMs?: number | null;
}

/** Bytes by digest, with their size. */
export interface SizedBlob {
  readonly digest: string;
  readonly size: number;
}

/** Bytes with their row's generation, to know again whether they are still the same. */
export interface ListedBlob extends SizedBlob {
  readonly generation: string;
}

/** Who names some bytes. */
export interface BlobNames {
  /** The newest, as many as were asked for. */
  readonly artifacts: readonly { id: string; runId: string | null }[];
  /** How many artifacts there are. */
  readonly artifactCount: number;
  readonly entryCount: number;
}

/** One page of the bytes that nothing keeps. */
export interface GarbagePage {
  readonly garbage: readonly SizedBlob[];
  /** The digest to go on after; absent when all had their turn. */
  readonly next?: string;
}

/** What would be so if retention had been applied. */
export type Forecast = RetentionRules & { readonly graceMs: number };

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

  /** As `adopt`, but changes nothing. @returns those without a row */
  async findWithoutRow(tenantId: string, blobs: readonly SizedBlob[]): Promise<SizedBlob[]> {
    const rows = await this.manager.query<{ digest: string }[]>(
      `SELECT "digest" FROM "blob" WHERE "tenantId" = $1 AND "digest" = ANY($2::text[])`,
      [tenantId, blobs.map(({ digest }) => digest)],
    );
    const known = new Set(rows.map(({ digest }) => digest));
    return blobs.filter(({ digest }) => !known.has(digest));
  }

  /**
   * A page of bytes that nothing keeps, in the order of their digests. Nothing is locked: look again before they are
   * removed.
   * @param limit how many blobs are looked at; fewer of them are garbage
   */
  async findGarbage(
    tenantId: string,
    { graceMs, after, limit }: { graceMs: number; after?: string; limit: number },
    forecast?: RetentionRules,
  ): Promise<GarbagePage> {
    const rows = await this.manager.query<{ digest: string; size: string }[]>(
      `SELECT "digest", "sizeBytes" AS "size" FROM "blob"
        WHERE "tenantId" = $1 AND "digest" > $3 AND ${isLetGo('"blob"', '$2')} ORDER BY "digest" LIMIT $4`,
      [tenantId, graceMs, after ?? '', limit],
    );
    const blobs = rows.map(row => ({ digest: row.digest, size: Number(row.size) }));
    const garbage = await this.withoutMark(tenantId, blobs, forecast && { ...forecast, graceMs });
    const last = blobs.at(-1);
    return { garbage, ...(blobs.length === limit && last && { next: last.digest }) };
  }

  /** Those that no row names and no lease protects. */
  async withoutMark(
    tenantId: string,
    blobs: readonly SizedBlob[],
    forecast?: Forecast,
  ): Promise<readonly SizedBlob[]> {
    if (blobs.length === 0) return [];
    const rows = await this.manager.query<{ digest: string }[]>(
      markedDigests(blobs.length === 1, forecast && { keepRunsMs: '$3', keepEntriesMs: '$4', graceMs: '$5' }),
      [
        tenantId,
        blobs.map(({ digest }) => digest),
        ...(forecast ? [forecast.keepRunsMs, forecast.keepEntriesMs, forecast.graceMs] : []),
      ],
    );
    const marked = new Set(rows.map(({ digest }) => digest));
    return blobs.filter(({ digest }) => !marked.has(digest));
  }

  /**
   * Doubts rows that let their bytes go, to be committed before any of these is removed: from here on nobody relies on
   * having found them right, also when the process is killed between the bytes and their row. Those that someone holds
   * are left alone.
   */
  async doubtLetGo(tenantId: string, digests: readonly string[], graceMs: number): Promise<void> {
    await this.manager.query(
      `UPDATE "blob" AS "entry" SET ${DOUBTED}
         FROM (SELECT "digest" FROM "blob"
                WHERE "tenantId" = $1 AND "digest" = ANY($3::text[]) AND ${isLetGo('"blob"', '$2')}
                ORDER BY "digest" FOR UPDATE SKIP LOCKED) AS "locked"
        WHERE "entry"."tenantId" = $1 AND "entry"."digest" = "locked"."digest"`,
      [tenantId, graceMs, [...digests]],
    );
  }

  /**
   * Locks rows until the transaction ends, in the order of their digests; those excepted that are pinned, were touched
   * within the grace, or found right after they were doubted, and those that someone holds: they are about to be named.
   *
   * Whether nothing names the bytes must be asked again, `withoutMark`: only a statement that begins after the row was
   * locked sees what its last holder has written.
   */
  async lockLetGo(
    tenantId: string,
    digests: readonly string[],
    graceMs: number,
  ): Promise<readonly SizedBlob[]> {
    const rows = await this.manager.query<{ digest: string; size: string }[]>(
      `SELECT "digest", "sizeBytes" AS "size" FROM "blob"
        WHERE "tenantId" = $1 AND "digest" = ANY($3::text[]) AND "verifiedAt" IS NULL
          AND ${isLetGo('"blob"', '$2')}
        ORDER BY "digest" FOR UPDATE SKIP LOCKED`,
      [tenantId, graceMs, [...digests]],
    );
    return rows.map(row => ({ digest: row.digest, size: Number(row.size) }));
  }

  /** Forgets bytes that were removed. */
  async forgetBlobs(tenantId: string, digests: readonly string[]): Promise<void> {
    await this.manager.query(`DELETE FROM "blob" WHERE "tenantId" = $1 AND "digest" = ANY($2)`, [
      tenantId,
      [...digests],
    ]);
  }

  /** All bytes of a tenant in the order of their digests, a page at a time. */
  async listBlobs(tenantId: string, page: { after?: string; limit: number }): Promise<ListedBlob[]> {
    const rows = await this.manager.query<{ digest: string; size: string; generation: string }[]>(
      `SELECT "digest", "sizeBytes" AS "size", "generation" FROM "blob"
        WHERE "tenantId" = $1 AND "digest" > $2 ORDER BY "digest" LIMIT $3`,
      [tenantId, page.after ?? '', page.limit],
    );
    return rows.map(row => ({ ...row, size: Number(row.size) }));
  }

  /** Notes that bytes were found right. Unlike `confirm` it does not touch them: nobody is about to name them. */
  async noteVerified(
    tenantId: string,
    { digest, generation }: Pick<ListedBlob, 'digest' | 'generation'>,
    stamp: string,
  ): Promise<void> {
    await this.manager.query(
      `UPDATE "blob" SET "stamp" = $4, "verifiedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "digest" = $2 AND "generation" = $3`,
      [tenantId, digest, generation, stamp],
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
