import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `ALTER TABLE "run" ADD COLUMN "forkFromStepId" text, ADD COLUMN "inputEdits" jsonb NOT NULL DEFAULT '{}'`,
  `CREATE INDEX "run_parent_idx" ON "run" ("parentRunId") WHERE "parentRunId" IS NOT NULL`,
  `CREATE INDEX "run_root_idx" ON "run" ("rootRunId")`,
  `CREATE INDEX "run_retry_idx" ON "run" ("retryOfRunId") WHERE "retryOfRunId" IS NOT NULL`,

  `ALTER TABLE "run_step"
     ADD COLUMN "kind" text NOT NULL DEFAULT 'step',
     ADD COLUMN "mapStepId" text,
     ADD COLUMN "itemKey" text,
     ADD COLUMN "childRunId" uuid,
     ADD COLUMN "madeByRunId" uuid,
     ADD CONSTRAINT "run_step_kind_check" CHECK ("kind" IN ('step', 'map', 'child', 'gate')),
     ADD CONSTRAINT "run_step_item_check" CHECK (("mapStepId" IS NULL) = ("itemKey" IS NULL))`,
  `CREATE INDEX "run_step_item_idx" ON "run_step" ("runId", "mapStepId", "itemKey") WHERE "mapStepId" IS NOT NULL`,
  `CREATE INDEX "run_step_executed_idx" ON "run_step" ("tenantId", "skillId", "completedAt")
    WHERE "status" = 'completed' AND NOT "cacheHit"`,

  `CREATE TABLE "map_item" (
     "runId"       uuid NOT NULL,
     "mapStepId"   text NOT NULL,
     "position"    integer NOT NULL,
     "tenantId"    text NOT NULL,
     "key"         text NOT NULL,
     "value"       jsonb NOT NULL,
     "status"      text NOT NULL DEFAULT 'pending',
     "output"      jsonb,
     "fromCache"   boolean NOT NULL DEFAULT false,
     "error"       text,
     "errorCode"   text,
     "completedAt" timestamptz,
     CONSTRAINT "map_item_pkey" PRIMARY KEY ("runId", "mapStepId", "position"),
     CONSTRAINT "map_item_key_key" UNIQUE ("runId", "mapStepId", "key"),
     CONSTRAINT "map_item_status_check" CHECK ("status" IN ('pending', 'done', 'failed')),
     CONSTRAINT "map_item_run_fkey" FOREIGN KEY ("runId") REFERENCES "run" ("id") ON DELETE CASCADE
   )`,

  `CREATE TABLE "gate" (
     "id"          uuid NOT NULL,
     "tenantId"    text NOT NULL,
     "runId"       uuid NOT NULL,
     "stepId"      text NOT NULL,
     "role"        text NOT NULL,
     "shown"       jsonb NOT NULL,
     "shownDigest" text NOT NULL,
     "otherwise"   text NOT NULL,
     "status"      text NOT NULL DEFAULT 'open',
     "expired"     boolean NOT NULL DEFAULT false,
     "decidedBy"   text,
     "comment"     text,
     "deadlineAt"  timestamptz NOT NULL,
     "decidedAt"   timestamptz,
     "createdAt"   timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "gate_pkey" PRIMARY KEY ("id"),
     CONSTRAINT "gate_run_step_key" UNIQUE ("runId", "stepId"),
     CONSTRAINT "gate_status_check" CHECK ("status" IN ('open', 'approved', 'rejected', 'closed')),
     CONSTRAINT "gate_otherwise_check" CHECK ("otherwise" IN ('approve', 'reject')),
     CONSTRAINT "gate_decided_check" CHECK (("status" = 'open') = ("decidedAt" IS NULL)),
     CONSTRAINT "gate_run_fkey" FOREIGN KEY ("runId") REFERENCES "run" ("id") ON DELETE CASCADE
   )`,
  `CREATE INDEX "gate_tenant_created_idx" ON "gate" ("tenantId", "createdAt", "id")`,
  `CREATE INDEX "gate_tenant_open_idx" ON "gate" ("tenantId", "createdAt", "id") WHERE "status" = 'open'`,

  // One build may have a skill in several versions.
  `ALTER TABLE "worker_skill" DROP CONSTRAINT "worker_skill_pkey",
     ADD CONSTRAINT "worker_skill_pkey" PRIMARY KEY ("build", "skillId", "skillVersion")`,
];

const BACK = [
  `DELETE FROM "worker_skill"`,
  `ALTER TABLE "worker_skill" DROP CONSTRAINT "worker_skill_pkey",
     ADD CONSTRAINT "worker_skill_pkey" PRIMARY KEY ("build", "skillId")`,
  `DROP TABLE "gate", "map_item"`,
  // Items and what is no skill have no place before this.
  `DELETE FROM "run_step" WHERE "mapStepId" IS NOT NULL OR "kind" <> 'step'`,
  `DROP INDEX "run_step_item_idx", "run_step_executed_idx", "run_parent_idx", "run_root_idx", "run_retry_idx"`,
  `ALTER TABLE "run_step" DROP COLUMN "kind", DROP COLUMN "mapStepId", DROP COLUMN "itemKey", DROP COLUMN "childRunId",
     DROP COLUMN "madeByRunId"`,
  `ALTER TABLE "run" DROP COLUMN "forkFromStepId", DROP COLUMN "inputEdits"`,
];

/** Maps, children and gates; second tries; and what plan and explain ask for. */
export class AnswersAndShapes1700000002000 implements MigrationInterface {
  readonly name = 'AnswersAndShapes1700000002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of BACK) await queryRunner.query(statement);
  }
}
