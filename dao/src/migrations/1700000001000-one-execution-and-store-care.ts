import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE "blob" (
     "tenantId"   text NOT NULL,
     "digest"     text NOT NULL,
     "sizeBytes"  bigint NOT NULL,
     "stamp"      text,
     "verifiedAt" timestamptz,
     "touchedAt"  timestamptz NOT NULL,
     "pinned"     boolean NOT NULL DEFAULT false,
     "createdAt"  timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "blob_pkey" PRIMARY KEY ("tenantId", "digest"),
     CONSTRAINT "blob_digest_check" CHECK ("digest" ~ '^sha256:[0-9a-f]{64}$'),
     CONSTRAINT "blob_size_check" CHECK ("sizeBytes" >= 0)
   )`,
  `CREATE INDEX "blob_tenant_touched_idx" ON "blob" ("tenantId", "touchedAt")`,
  // Never seen verified: the next look at each of them reads it.
  `INSERT INTO "blob" ("tenantId", "digest", "sizeBytes", "touchedAt")
   SELECT "tenantId", "contentHash", max(COALESCE("sizeBytes", 0)), now() FROM "artifact"
    GROUP BY "tenantId", "contentHash"`,

  `CREATE TABLE "blob_lease" (
     "id"        uuid NOT NULL,
     "tenantId"  text NOT NULL,
     "digest"    text NOT NULL,
     "runId"     uuid,
     "stepId"    text,
     "expiresAt" timestamptz,
     "createdAt" timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "blob_lease_pkey" PRIMARY KEY ("id"),
     CONSTRAINT "blob_lease_step_key" UNIQUE ("tenantId", "digest", "runId", "stepId"),
     CONSTRAINT "blob_lease_digest_check" CHECK ("digest" ~ '^sha256:[0-9a-f]{64}$'),
     CONSTRAINT "blob_lease_owner_check"
       CHECK (("runId" IS NULL) = ("stepId" IS NULL) AND ("runId" IS NULL) = ("expiresAt" IS NOT NULL))
   )`,
  `CREATE INDEX "blob_lease_run_idx" ON "blob_lease" ("runId", "stepId")`,

  `CREATE SEQUENCE "step_claim_generation"`,
  `CREATE TABLE "step_claim" (
     "cacheKey"   text NOT NULL,
     "tenantId"   text NOT NULL,
     "generation" bigint NOT NULL,
     "runId"      uuid NOT NULL,
     "stepId"     text NOT NULL,
     "attempt"    integer NOT NULL,
     "claimedAt"  timestamptz NOT NULL,
     "expiresAt"  timestamptz NOT NULL,
     CONSTRAINT "step_claim_pkey" PRIMARY KEY ("cacheKey")
   )`,
  `CREATE INDEX "step_claim_run_idx" ON "step_claim" ("runId", "stepId")`,

  `CREATE TABLE "step_waiter" (
     "runId"              uuid NOT NULL,
     "stepId"             text NOT NULL,
     "tenantId"           text NOT NULL,
     "cacheKey"           text NOT NULL,
     "temporalWorkflowId" text NOT NULL,
     "waitsSince"         timestamptz NOT NULL,
     "settledBy"          bigint,
     "wakeAt"             timestamptz,
     CONSTRAINT "step_waiter_pkey" PRIMARY KEY ("runId", "stepId"),
     CONSTRAINT "step_waiter_run_fkey" FOREIGN KEY ("runId") REFERENCES "run" ("id") ON DELETE CASCADE
   )`,
  `CREATE INDEX "step_waiter_key_idx" ON "step_waiter" ("cacheKey")`,
  `CREATE INDEX "step_waiter_wake_idx" ON "step_waiter" ("wakeAt") WHERE "wakeAt" IS NOT NULL`,

  `CREATE TABLE "claim_outcome" (
     "generation" bigint NOT NULL,
     "tenantId"   text NOT NULL,
     "cacheKey"   text NOT NULL,
     "runId"      uuid NOT NULL,
     "stepId"     text NOT NULL,
     "claimedAt"  timestamptz NOT NULL,
     "kind"       text NOT NULL,
     "outputs"    jsonb,
     "fullInput"  jsonb,
     "error"      text,
     "errorCode"  text,
     "retryable"  boolean,
     "createdAt"  timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "claim_outcome_pkey" PRIMARY KEY ("generation"),
     CONSTRAINT "claim_outcome_kind_check" CHECK ("kind" IN ('succeeded', 'failed'))
   )`,

  `CREATE TABLE "event" (
     "id"        uuid NOT NULL,
     "tenantId"  text NOT NULL,
     "type"      text NOT NULL,
     "runId"     uuid,
     "stepId"    text,
     "attempt"   integer,
     "data"      jsonb NOT NULL DEFAULT '{}',
     "createdAt" timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "event_pkey" PRIMARY KEY ("id")
   )`,
  `CREATE INDEX "event_tenant_created_idx" ON "event" ("tenantId", "createdAt", "id")`,
  `CREATE INDEX "event_run_idx" ON "event" ("runId", "createdAt", "id")`,
  `CREATE UNIQUE INDEX "event_attempt_key" ON "event" ("runId", "stepId", "attempt", "type")
    WHERE "attempt" IS NOT NULL`,

  `CREATE TABLE "worker_skill" (
     "build"        text NOT NULL,
     "skillId"      text NOT NULL,
     "skillVersion" text NOT NULL,
     "queue"        text,
     "fingerprint"  text NOT NULL,
     "details"      jsonb NOT NULL,
     "firstSeenAt"  timestamptz NOT NULL DEFAULT now(),
     "lastSeenAt"   timestamptz NOT NULL,
     CONSTRAINT "worker_skill_pkey" PRIMARY KEY ("build", "skillId")
   )`,
  `CREATE INDEX "worker_skill_skill_idx" ON "worker_skill" ("skillId", "lastSeenAt")`,

  `CREATE TABLE "retention" (
     "tenantId"      text NOT NULL,
     "keepRunsMs"    bigint,
     "keepEntriesMs" bigint,
     "updatedAt"     timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "retention_pkey" PRIMARY KEY ("tenantId"),
     CONSTRAINT "retention_positive_check" CHECK ("keepRunsMs" > 0 AND "keepEntriesMs" > 0)
   )`,

  `ALTER TABLE "run" ADD COLUMN "options" jsonb NOT NULL DEFAULT '{}', ADD COLUMN "pinned" boolean NOT NULL DEFAULT false`,
  `ALTER TABLE "run_step" ADD COLUMN "fullInput" jsonb`,
  `ALTER TABLE "artifact" ALTER COLUMN "runId" DROP NOT NULL, ALTER COLUMN "stepId" DROP NOT NULL`,
  `ALTER TABLE "step_cache" ADD COLUMN "digests" text[] NOT NULL DEFAULT '{}', ADD COLUMN "fullInput" jsonb,
     ADD COLUMN "durationMs" bigint, ADD COLUMN "claimedAt" timestamptz`,
  `UPDATE "step_cache"
      SET "claimedAt" = "createdAt",
          "digests" = ARRAY(SELECT a->>'digest' FROM jsonb_array_elements("outputs"->'artifacts') AS a)`,
  `ALTER TABLE "step_cache" ALTER COLUMN "claimedAt" SET NOT NULL`,
  // Without its list of pending entries, which makes it too dear for the planner whenever there are some.
  `CREATE INDEX "step_cache_digests_idx" ON "step_cache" USING gin ("digests") WITH (fastupdate = off)`,
];

const BACK = [
  `DROP INDEX "step_cache_digests_idx"`,
  `ALTER TABLE "step_cache" DROP COLUMN "digests", DROP COLUMN "fullInput", DROP COLUMN "durationMs", DROP COLUMN "claimedAt"`,
  // Uploads have no place before this.
  `DELETE FROM "artifact" WHERE "runId" IS NULL OR "stepId" IS NULL`,
  `ALTER TABLE "artifact" ALTER COLUMN "runId" SET NOT NULL, ALTER COLUMN "stepId" SET NOT NULL`,
  `ALTER TABLE "run_step" DROP COLUMN "fullInput"`,
  `ALTER TABLE "run" DROP COLUMN "options", DROP COLUMN "pinned"`,
  `DROP TABLE "retention", "worker_skill", "event", "claim_outcome", "step_waiter", "step_claim", "blob_lease", "blob"`,
  `DROP SEQUENCE "step_claim_generation"`,
];

/** Claims on cache keys with those who wait for them, bytes as rows, events, and the skills of each worker build. */
export class OneExecutionAndStoreCare1700000001000 implements MigrationInterface {
  readonly name = 'OneExecutionAndStoreCare1700000001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of BACK) await queryRunner.query(statement);
  }
}
