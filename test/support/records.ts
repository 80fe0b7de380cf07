import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { openFileStore, type ArtifactStore } from '@cairn/artifact-store';
import type { DataSource } from '@cairn/dao';

/** A broken rule of the records, in words. */
export type Inconsistency = string;

/** What is looked at: a database, and the folder with the artifacts it names. */
export interface Recorded {
  readonly dataSource: DataSource;
  /** The artifacts are in `artifacts` below it, unless told otherwise. */
  readonly home: string;
  readonly artifacts?: string;
  /** Where the artifacts are not in a folder. */
  readonly stored?: StoredElsewhere;
}

/** A store whose bytes lie in files all the same. */
export interface StoredElsewhere {
  readonly store: ArtifactStore;
  /** The file with the bytes of a blob: read without the store, which would hide what is wrong. */
  fileOf(uri: string): string;
}

/** What does not fit together. */
export interface Findings {
  /** Rules that hold whatever happened: rows without bytes, wrong bytes, rows that contradict each other. */
  readonly broken: readonly Inconsistency[];
  /** What a process that was killed may leave, and a collection removes: bytes that no row names. */
  readonly orphans: readonly Inconsistency[];
  /** Further remains that a collection removes: rows that stand for nothing any more, incomplete files. */
  readonly remains: readonly Inconsistency[];
}

/**
 * Looks at everything that a Cairn has recorded and stored, and says what does not fit together: runs and steps
 * that are open though their run has ended, rows without bytes, bytes without rows, bytes that are not those of
 * their digest, outputs that name no row.
 */
export async function inconsistencies(recorded: Recorded): Promise<readonly Inconsistency[]> {
  const { broken, orphans } = await findings(recorded);
  return [...broken, ...orphans];
}

/** As {@link inconsistencies}, but tells what is broken from what only waits for a collection. */
export async function findings(recorded: Recorded): Promise<Findings> {
  const { dataSource, home, artifacts: folder = join(home, 'artifacts') } = recorded;
  const { store, fileOf } = recorded.stored ?? { store: openFileStore(folder), fileOf: (uri: string) => uri };
  const broken: Inconsistency[] = [];
  const orphans: Inconsistency[] = [];
  const rows = <T>(sql: string) => dataSource.query<T[]>(sql);

  for (const [what, sql] of RULES)
    for (const row of await rows<{ what: string }>(sql)) broken.push(`${row.what} ${what}`);

  const named = new Map<string, number>();
  for (const { digest, sizes } of await rows<{ digest: string; sizes: string[] }>(NAMED_DIGESTS)) {
    named.set(digest, Number(sizes[0]));
    if (sizes.length > 1) broken.push(`${digest} has rows with different sizes: ${sizes.join(', ')}`);
  }
  const stored = new Set<string>();
  for await (const { digest, size } of store.list('local')) {
    stored.add(digest);
    if (!named.has(digest)) orphans.push(`${digest} is stored, and no row names it`);
    const recordedSize = named.get(digest);
    if (recordedSize !== undefined && recordedSize !== size)
      broken.push(`${digest} has ${size} bytes, its row says ${recordedSize}`);
    if ((await digestOfFile(fileOf(store.uri('local', digest)))) !== digest)
      broken.push(`${digest} has other bytes`);
  }
  for (const digest of named.keys())
    if (!stored.has(digest)) broken.push(`${digest} has a row, and no bytes`);

  const remains: Inconsistency[] = [];
  for (const { what } of await rows<{ what: string }>(REMAINS)) remains.push(what);
  const recordedBlobs = new Set((await rows<{ digest: string }>(BLOBS)).map(({ digest }) => digest));
  for (const digest of recordedBlobs)
    if (!stored.has(digest)) remains.push(`the record of ${digest} has no bytes`);
  for (const digest of stored) if (!recordedBlobs.has(digest)) remains.push(`${digest} has no record`);
  const incoming = await store.sweepIncoming(0, { dryRun: true });
  if (incoming.files > 0) remains.push(`${incoming.files} incomplete files`);
  return { broken, orphans, remains };
}

/** Each finds the rows that break a rule: what is wrong, and a statement that names them in the column `what`. */
const RULES: readonly (readonly [what: string, sql: string])[] = [
  [
    'is open in a run that has ended',
    `SELECT 'step ' || s."id" || ' (' || s."status" || ')' AS "what" FROM "run_step" s JOIN "run" r ON r."id" = s."runId"
      WHERE r."status" IN ('completed', 'failed', 'cancelled') AND s."status" IN ('pending', 'running')`,
  ],
  [
    'is completed, and not all of its steps are',
    `SELECT DISTINCT 'run ' || r."id" AS "what" FROM "run" r JOIN "run_step" s ON s."runId" = r."id"
      WHERE r."status" = 'completed'
        AND NOT (s."status" = 'completed' OR s."reason" IN ('cache_hit', 'condition_false', 'blocked'))`,
  ],
  [
    'has ended, and does not say when',
    `SELECT 'run ' || "id" AS "what" FROM "run"
      WHERE ("status" IN ('completed', 'failed', 'cancelled')) <> ("completedAt" IS NOT NULL)`,
  ],
  [
    'names an artifact that its run does not have',
    `SELECT 'step ' || s."id" AS "what" FROM "run_step" s WHERE EXISTS (
       SELECT 1 FROM unnest(s."outputArtifactIds") AS a("id") WHERE NOT EXISTS (
         SELECT 1 FROM "artifact" WHERE "artifact"."id" = a."id" AND "artifact"."runId" = s."runId"))`,
  ],
  [
    'belongs to no step',
    `SELECT 'artifact ' || a."id" AS "what" FROM "artifact" a WHERE a."stepId" IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM "run_step" s WHERE s."runId" = a."runId" AND a."id" = ANY(s."outputArtifactIds"))`,
  ],
  [
    'has the same output twice',
    `SELECT 'step ' || "stepId" || ' of run ' || "runId" AS "what" FROM "artifact" WHERE "stepId" IS NOT NULL
      GROUP BY "runId", "stepId", "name" HAVING count(*) > 1`,
  ],
  [
    'has outputs though it has not ended well',
    `SELECT 'step ' || "id" AS "what" FROM "run_step"
      WHERE cardinality("outputArtifactIds") > 0
        AND NOT ("status" = 'completed' OR "reason" IS NOT DISTINCT FROM 'cache_hit')`,
  ],
  [
    'promises other artifacts than the step that made it has',
    `SELECT 'cache entry ' || c."id" AS "what" FROM "step_cache" c JOIN "run_step" s
         ON s."runId" = c."runId" AND s."stepId" = c."stepId" AND s."status" = 'completed'
      WHERE ARRAY(SELECT a->>'digest' FROM jsonb_array_elements(c."outputs"->'artifacts') AS a ORDER BY 1) <>
            ARRAY(SELECT a."contentHash" FROM "artifact" a WHERE a."id" = ANY(s."outputArtifactIds") ORDER BY 1)`,
  ],
  [
    'has a key that another run has too',
    `SELECT 'idempotency key ' || "idempotencyKey" AS "what" FROM "run" WHERE "idempotencyKey" IS NOT NULL
      GROUP BY "tenantId", "idempotencyKey" HAVING count(*) > 1`,
  ],
];

/** Every digest that a row promises bytes of, with the sizes that rows say. */
const NAMED_DIGESTS = `
  SELECT "digest", array_agg(DISTINCT "size") AS "sizes" FROM (
    SELECT "contentHash" AS "digest", "sizeBytes"::text AS "size" FROM "artifact"
    UNION ALL
    SELECT a->>'digest', a->>'size' FROM "step_cache", jsonb_array_elements("outputs"->'artifacts') AS a
  ) AS "promises" GROUP BY "digest"`;

const BLOBS = `SELECT "digest" FROM "blob" WHERE "tenantId" = 'local' AND NOT "pinned"`;

/** Rows that are needed only while a step is executed or waits; looked at when none is. */
const REMAINS = `
  SELECT 'a lease on ' || "digest" AS "what" FROM "blob_lease"
  UNION ALL SELECT 'step ' || "stepId" || ' of run ' || "runId" || ' waits' FROM "step_waiter"
  UNION ALL SELECT 'the outcome of generation ' || "generation" FROM "claim_outcome"
  UNION ALL SELECT 'a claim of run ' || "runId" FROM "step_claim" WHERE "expiresAt" < now()`;

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
