import type { EntityManager } from 'typeorm';
import { Blob } from '../entities/blob.entity.js';
import { newId } from '../ids.js';
import { DOUBTED } from './blob-marks.js';
import { returning } from './sql.js';

/** Who is about to name announced bytes by a row: a step, until it ends, or someone else, for a while. */
export type BlobOwner = { runId: string; stepId: string } | { forMs: number };

/** A blob as it was when it was touched. */
export interface TouchedBlob {
  digest: string;
  /** Null when its bytes were never compared with the digest. */
  stamp: string | null;
  /** To know again whether these are still the bytes that were looked at. */
  generation: string;
  /** Whether that was too long ago to rely on. */
  stale: boolean;
}

/** Bytes that were found to be right. */
export interface VerifiedBlob {
  digest: string;
  stamp: string;
  /** The row's, from before they were read. Who has a lease on them needs none. */
  generation?: string;
}

/** A row that many runs hit is written so often at most. Milliseconds. */
const TOUCH_EVERY_MS = 60_000;

/**
 * The rows that stand for stored bytes. Whoever is about to rely on bytes touches their rows first, and names them in a
 * transaction that holds the rows (`hold`, `confirm`); a collection doubts a row, and locks it while it looks whether
 * any other names the bytes and removes them. So neither can miss the other, and a row that was made again meanwhile is
 * not taken for the one that was touched.
 */
export class BlobRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Says that bytes are about to be stored; waits for a collection that is just removing them. */
  async announce(tenantId: string, blob: { digest: string; size: number }, owner: BlobOwner): Promise<void> {
    const step = 'runId' in owner ? owner : undefined;
    await this.manager.query(
      `WITH "touched" AS (
         INSERT INTO "blob" AS "current" ("tenantId", "digest", "sizeBytes", "touchedAt")
         VALUES ($1, $2, $3, clock_timestamp())
         ON CONFLICT ("tenantId", "digest") DO UPDATE SET "touchedAt" = EXCLUDED."touchedAt", "stamp" = NULL)
       INSERT INTO "blob_lease" ("id", "tenantId", "digest", "runId", "stepId", "expiresAt")
       VALUES ($4, $1, $2, $5, $6, clock_timestamp() + $7::float8 * interval '1 millisecond')
       ON CONFLICT ("tenantId", "digest", "runId", "stepId") DO NOTHING`,
      [
        tenantId,
        blob.digest,
        blob.size,
        newId(),
        step?.runId ?? null,
        step?.stepId ?? null,
        'forMs' in owner ? owner.forMs : null,
      ],
    );
  }

  /**
   * Touches rows, in the order of their digests: two who touch the same cannot deadlock. Those that were touched in
   * the last minutes are only read: `hold` guards against a collection that has less patience than that.
   * @param staleAfterMs how long a verification is relied on
   * @returns those that there are
   */
  async touch(tenantId: string, digests: readonly string[], staleAfterMs: number): Promise<TouchedBlob[]> {
    if (digests.length === 0) return [];
    const rows = await this.manager.query<(TouchedBlob & { old: boolean })[]>(
      `SELECT "digest", "stamp", "generation",
              COALESCE("verifiedAt" <= clock_timestamp() - $3::float8 * interval '1 millisecond', true) AS "stale",
              "touchedAt" <= clock_timestamp() - $4::float8 * interval '1 millisecond' AS "old"
         FROM "blob" WHERE "tenantId" = $1 AND "digest" = ANY($2)`,
      [tenantId, [...digests], staleAfterMs, TOUCH_EVERY_MS],
    );
    const old = rows.filter(row => row.old).map(({ digest }) => digest);
    if (old.length > 0)
      await this.manager.query(
        `UPDATE "blob" AS "entry" SET "touchedAt" = clock_timestamp()
           FROM (SELECT "digest" FROM "blob" WHERE "tenantId" = $1 AND "digest" = ANY($2)
                  ORDER BY "digest" FOR UPDATE) AS "locked"
          WHERE "entry"."tenantId" = $1 AND "entry"."digest" = "locked"."digest"`,
        [tenantId, old],
      );
    return rows.map(({ digest, stamp, generation, stale }) => ({ digest, stamp, generation, stale }));
  }

  /**
   * Holds rows until the transaction ends, so that their bytes cannot be collected before what names them is written.
   * @returns whether all of them are there, and their bytes have not been doubted since they were found right
   */
  async hold(tenantId: string, digests: readonly string[]): Promise<boolean> {
    const wanted = [...new Set(digests)];
    const rows = await this.lock(tenantId, wanted);
    return rows.filter(({ found }) => found).length === wanted.length;
  }

  /**
   * As `hold`, for bytes that another row names for longer than this takes. Nobody has looked at them: damaged ones are
   * held as well.
   * @returns whether all of them are there
   */
  async holdNamed(tenantId: string, digests: readonly string[]): Promise<boolean> {
    const wanted = [...new Set(digests)];
    return (await this.lock(tenantId, wanted)).length === wanted.length;
  }

  private async lock(tenantId: string, digests: readonly string[]): Promise<{ found: boolean }[]> {
    if (digests.length === 0) return [];
    return this.manager.query<{ found: boolean }[]>(
      `SELECT "verifiedAt" IS NOT NULL AS "found" FROM "blob"
        WHERE "tenantId" = $1 AND "digest" = ANY($2) ORDER BY "digest" FOR SHARE`,
      [tenantId, digests],
    );
  }

  /**
   * Notes what bytes were found right, and holds their rows as `hold` does.
   * @param owner the step that names them in this transaction: its leases end
   * @returns whether all of them are there, and are those that were read
   */
  async confirm(
    tenantId: string,
    blobs: readonly VerifiedBlob[],
    owner?: { runId: string; stepId: string },
  ): Promise<boolean> {
    const seen = [...new Map(blobs.map(blob => [blob.digest, blob])).values()];
    if (seen.length === 0) return true;
    const rows = await returning<{ digest: string }>(
      this.manager,
      `WITH "ended" AS (DELETE FROM "blob_lease" WHERE "runId" = $4 AND "stepId" = $5)
       UPDATE "blob" AS "entry"
          SET "stamp" = "locked"."newStamp", "verifiedAt" = clock_timestamp(), "touchedAt" = clock_timestamp()
         FROM (SELECT "blob"."digest", "seen"."stamp" AS "newStamp"
                 FROM "blob" JOIN unnest($2::text[], $3::text[], $6::bigint[]) AS "seen" ("digest", "stamp", "generation")
                   ON "seen"."digest" = "blob"."digest"
                  AND COALESCE("seen"."generation", "blob"."generation") = "blob"."generation"
                WHERE "blob"."tenantId" = $1 ORDER BY "blob"."digest" FOR UPDATE OF "blob") AS "locked"
        WHERE "entry"."tenantId" = $1 AND "entry"."digest" = "locked"."digest"
        RETURNING "entry"."digest"`,
      [
        tenantId,
        seen.map(({ digest }) => digest),
        seen.map(({ stamp }) => stamp),
        owner?.runId ?? null,
        owner?.stepId ?? null,
        seen.map(({ generation }) => generation ?? null),
      ],
    );
    return rows.length === seen.length;
  }

  /** Forgets that bytes were found right: the next look at them reads them. */
  async distrust(tenantId: string, digest: string): Promise<void> {
    await this.manager.query(`UPDATE "blob" SET ${DOUBTED} WHERE "tenantId" = $1 AND "digest" = $2`, [
      tenantId,
      digest,
    ]);
  }

  async getBlob(tenantId: string, digest: string): Promise<Blob | null> {
    return this.manager.findOneBy(Blob, { tenantId, digest });
  }
}
