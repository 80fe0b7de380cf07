import type { EntityManager } from 'typeorm';

/** How many, and how large together. */
export interface CountAndBytes {
  readonly count: number;
  readonly bytes: number;
}

/** What a tenant has. */
export interface TenantUsage {
  /** Stored bytes, each digest once. */
  readonly blobs: CountAndBytes;
  /** Those of the blobs that are pinned. */
  readonly pinned: CountAndBytes;
  /** Records of files; several may name the same bytes. */
  readonly artifacts: CountAndBytes;
  readonly entries: number;
  readonly runs: number;
}

type Row = Record<'blobs' | 'pinned' | 'artifacts' | 'entries' | 'runs', number> &
  Record<'blobBytes' | 'pinnedBytes' | 'artifactBytes', string>;

/** How much is stored, and whose it is. */
export class UsageRepository {
  constructor(private readonly manager: EntityManager) {}

  async usageOf(tenantId: string): Promise<TenantUsage> {
    const [row] = await this.manager.query<[Row]>(
      `SELECT "b".*, "a".*,
              (SELECT count(*)::int FROM "step_cache" WHERE "tenantId" = $1) AS "entries",
              (SELECT count(*)::int FROM "run" WHERE "tenantId" = $1) AS "runs"
         FROM (SELECT count(*)::int AS "blobs", COALESCE(sum("sizeBytes"), 0) AS "blobBytes",
                      (count(*) FILTER (WHERE "pinned"))::int AS "pinned",
                      COALESCE(sum("sizeBytes") FILTER (WHERE "pinned"), 0) AS "pinnedBytes"
                 FROM "blob" WHERE "tenantId" = $1) AS "b",
              (SELECT count(*)::int AS "artifacts", COALESCE(sum("sizeBytes"), 0) AS "artifactBytes"
                 FROM "artifact" WHERE "tenantId" = $1) AS "a"`,
      [tenantId],
    );
    return {
      blobs: { count: row.blobs, bytes: Number(row.blobBytes) },
      pinned: { count: row.pinned, bytes: Number(row.pinnedBytes) },
      artifacts: { count: row.artifacts, bytes: Number(row.artifactBytes) },
      entries: row.entries,
      runs: row.runs,
    };
  }

  /** Bytes of a tenant in the store, each digest once, by the records. */
  async storedBytes(tenantId: string): Promise<number> {
    const [row] = await this.manager.query<[{ bytes: string }]>(
      `SELECT COALESCE(sum("sizeBytes"), 0) AS "bytes" FROM "blob" WHERE "tenantId" = $1`,
      [tenantId],
    );
    return Number(row.bytes);
  }

  /** All who have anything that a collection may look at. */
  async listTenants(): Promise<string[]> {
    const tables = [
      'blob',
      'retention',
      'step_cache',
      'artifact',
      'blob_lease',
      'step_claim',
      'claim_outcome',
    ];
    const rows = await this.manager.query<{ tenantId: string }[]>(
      `${tables.map(table => `SELECT "tenantId" FROM "${table}"`).join(' UNION ')} ORDER BY "tenantId"`,
    );
    return rows.map(({ tenantId }) => tenantId);
  }
}
