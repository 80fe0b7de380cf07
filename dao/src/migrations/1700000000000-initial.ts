import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The engine's records: runs, their steps and artifacts, the step cache, and the graphs runs are pinned to. */
export class Initial1700000000000 implements MigrationInterface {
  readonly name = 'Initial1700000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "workflow_graph" (
        "digest"    text NOT NULL,
        "name"      text NOT NULL,
        "version"   text NOT NULL,
        "graph"     jsonb NOT NULL,
        "createdAt" timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "workflow_graph_pkey" PRIMARY KEY ("digest"),
        CONSTRAINT "workflow_graph_digest_check" CHECK ("digest" ~ '^sha256:[0-9a-f]{64}$')
      )`);

    await queryRunner.query(`
      CREATE TABLE "run" (
        "id"                 uuid NOT NULL,
        "tenantId"           text NOT NULL,
        "workflowName"       text NOT NULL,
        "workflowVersion"    text NOT NULL,
        "status"             text NOT NULL DEFAULT 'queued',
        "trigger"            jsonb NOT NULL,
        "context"            jsonb NOT NULL DEFAULT '{}',
        "error"              text,
        "errorCode"          text,
        "output"             jsonb,
        "temporalWorkflowId" text NOT NULL,
        "graphDigest"        text NOT NULL,
        "rootRunId"          uuid NOT NULL,
        "parentRunId"        uuid,
        "retryOfRunId"       uuid,
        "forkOfRunId"        uuid,
        "scheduleId"         text,
        "idempotencyKey"     text,
        "requestDigest"      text,
        "startRequestedAt"   timestamptz,
        "reconciledAt"       timestamptz,
        "startedAt"          timestamptz,
        "completedAt"        timestamptz,
        "createdAt"          timestamptz NOT NULL DEFAULT now(),
        "updatedAt"          timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "run_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "run_tenant_idempotency_key" UNIQUE ("tenantId", "idempotencyKey"),
        CONSTRAINT "run_status_check"
          CHECK ("status" IN ('queued', 'running', 'completed', 'failed', 'cancelled'))
      )`);
    // Read backwards for "newest first".
    await queryRunner.query(`CREATE INDEX "run_tenant_created_idx" ON "run" ("tenantId", "createdAt", "id")`);
    await queryRunner.query(
      `CREATE INDEX "run_live_idx" ON "run" ("status", "createdAt") WHERE "status" IN ('queued', 'running')`,
    );

    await queryRunner.query(`
      CREATE TABLE "run_step" (
        "id"                uuid NOT NULL,
        "runId"             uuid NOT NULL,
        "tenantId"          text NOT NULL,
        "stepId"            text NOT NULL,
        "skillId"           text NOT NULL,
        "position"          integer NOT NULL,
        "status"            text NOT NULL DEFAULT 'pending',
        "reason"            text,
        "waitingOn"         jsonb,
        "inputHash"         text NOT NULL,
        "cacheKey"          text,
        "keyIngredients"    jsonb,
        "outputArtifactIds" uuid[] NOT NULL DEFAULT '{}',
        "output"            jsonb,
        "cacheHit"          boolean NOT NULL DEFAULT false,
        "durationMs"        bigint,
        "error"             text,
        "errorCode"         text,
        "attempt"           integer NOT NULL DEFAULT 1,
        "startedAt"         timestamptz,
        "completedAt"       timestamptz,
        "createdAt"         timestamptz NOT NULL DEFAULT now(),
        "updatedAt"         timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "run_step_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "run_step_run_step_key" UNIQUE ("runId", "stepId"),
        CONSTRAINT "run_step_run_fkey" FOREIGN KEY ("runId") REFERENCES "run" ("id") ON DELETE CASCADE,
        CONSTRAINT "run_step_status_check"
          CHECK ("status" IN ('pending', 'running', 'completed', 'failed', 'skipped')),
        CONSTRAINT "run_step_reason_check"
          CHECK ("reason" IN ('cache_hit', 'blocked', 'condition_false', 'cancelled')),
        CONSTRAINT "run_step_skipped_check" CHECK (("status" = 'skipped') = ("reason" IS NOT NULL)),
        CONSTRAINT "run_step_input_hash_check" CHECK ("inputHash" <> ''),
        CONSTRAINT "run_step_attempt_check" CHECK ("attempt" >= 1)
      )`);

    await queryRunner.query(`
      CREATE TABLE "artifact" (
        "id"          uuid NOT NULL,
        "runId"       uuid NOT NULL,
        "tenantId"    text NOT NULL,
        "stepId"      text NOT NULL,
        "skillId"     text NOT NULL,
        "name"        text NOT NULL,
        "type"        text NOT NULL,
        "uri"         text NOT NULL,
        "contentHash" text NOT NULL,
        "sizeBytes"   bigint,
        "filename"    text,
        "metadata"    jsonb NOT NULL DEFAULT '{}',
        "createdAt"   timestamptz NOT NULL DEFAULT now(),
        "updatedAt"   timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "artifact_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "artifact_run_fkey" FOREIGN KEY ("runId") REFERENCES "run" ("id") ON DELETE CASCADE,
        CONSTRAINT "artifact_content_hash_check" CHECK ("contentHash" ~ '^sha256:[0-9a-f]{64}$'),
        CONSTRAINT "artifact_size_check" CHECK ("sizeBytes" >= 0)
      )`);
    await queryRunner.query(`CREATE INDEX "artifact_run_idx" ON "artifact" ("runId", "createdAt", "id")`);
    await queryRunner.query(
      `CREATE INDEX "artifact_tenant_hash_idx" ON "artifact" ("tenantId", "contentHash")`,
    );

    await queryRunner.query(`
      CREATE TABLE "step_cache" (
        "id"           uuid NOT NULL,
        "tenantId"     text NOT NULL,
        "cacheKey"     text NOT NULL,
        "workflowName" text NOT NULL,
        "stepId"       text NOT NULL,
        "skillId"      text NOT NULL,
        "runId"        uuid NOT NULL,
        "inputHash"    text NOT NULL,
        "artifactIds"  uuid[] NOT NULL DEFAULT '{}',
        "outputs"      jsonb NOT NULL,
        "scope"        text NOT NULL,
        "hitCount"     integer NOT NULL DEFAULT 0,
        "lastHitAt"    timestamptz,
        "createdAt"    timestamptz NOT NULL DEFAULT now(),
        "expiresAt"    timestamptz,
        CONSTRAINT "step_cache_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "step_cache_key" UNIQUE ("cacheKey"),
        CONSTRAINT "step_cache_scope_check" CHECK ("scope" IN ('global', 'run_only'))
      )`);
    await queryRunner.query(
      `CREATE INDEX "step_cache_tenant_skill_idx" ON "step_cache" ("tenantId", "skillId")`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "step_cache", "artifact", "run_step", "run", "workflow_graph"`);
  }
}
