import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `ALTER TABLE "run" ADD COLUMN "scheduledFor" timestamptz`,
  `CREATE INDEX "run_schedule_idx" ON "run" ("scheduleId", "createdAt", "id") WHERE "scheduleId" IS NOT NULL`,
  `CREATE INDEX "run_schedule_due_idx" ON "run" ("scheduleId", "scheduledFor") WHERE "scheduledFor" IS NOT NULL`,

  `CREATE TABLE "schedule" (
     "id"              uuid NOT NULL,
     "tenantId"        text NOT NULL,
     "name"            text NOT NULL,
     "workflowName"    text NOT NULL,
     "workflowVersion" text,
     "trigger"         jsonb NOT NULL,
     "options"         jsonb NOT NULL DEFAULT '{}',
     "times"           jsonb NOT NULL,
     "overlap"         text NOT NULL DEFAULT 'skip',
     "catchupMs"       bigint NOT NULL,
     "limit"           integer,
     "limitRevision"   integer NOT NULL DEFAULT 1,
     "paused"          boolean NOT NULL DEFAULT false,
     "note"            text,
     "pauses"          jsonb NOT NULL DEFAULT '[]',
     "backfills"       jsonb NOT NULL DEFAULT '[]',
     "revision"        integer NOT NULL DEFAULT 1,
     "appliedRevision" integer NOT NULL DEFAULT 0,
     "pauseApplied"    boolean NOT NULL DEFAULT false,
     "syncError"       text,
     "exhausted"       boolean NOT NULL DEFAULT false,
     "dueKnownUntil"   timestamptz NOT NULL,
     "lastDueAt"       timestamptz,
     "accountedSkips"  integer NOT NULL DEFAULT 0,
     "accountedMisses" integer NOT NULL DEFAULT 0,
     "lookAt"          timestamptz NOT NULL,
     "heldUntil"       timestamptz,
     "wishes"          integer NOT NULL DEFAULT 0,
     "deletedAt"       timestamptz,
     "createdAt"       timestamptz NOT NULL DEFAULT now(),
     "updatedAt"       timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "schedule_pkey" PRIMARY KEY ("id"),
     CONSTRAINT "schedule_overlap_check" CHECK
       ("overlap" IN ('skip', 'buffer_one', 'buffer_all', 'allow_all', 'cancel_other', 'terminate_other'))
   )`,
  `CREATE UNIQUE INDEX "schedule_tenant_name_key" ON "schedule" ("tenantId", "name") WHERE "deletedAt" IS NULL`,
  `CREATE INDEX "schedule_tenant_created_idx" ON "schedule" ("tenantId", "createdAt", "id")`,
  `CREATE INDEX "schedule_look_idx" ON "schedule" ("lookAt")`,

  `CREATE TABLE "schedule_firing" (
     "id"           uuid NOT NULL,
     "scheduleId"   uuid NOT NULL,
     "tenantId"     text NOT NULL,
     "dueAt"        timestamptz NOT NULL,
     "nominalAfter" timestamptz NOT NULL,
     "origin"       text NOT NULL DEFAULT 'clock',
     "outcome"      text NOT NULL DEFAULT 'pending',
     "runId"        uuid,
     "settledAt"    timestamptz,
     "createdAt"    timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "schedule_firing_pkey" PRIMARY KEY ("id"),
     CONSTRAINT "schedule_firing_due_key" UNIQUE ("scheduleId", "dueAt"),
     CONSTRAINT "schedule_firing_outcome_check" CHECK
       ("outcome" IN ('pending', 'ran', 'skipped', 'missed', 'paused')),
     CONSTRAINT "schedule_firing_origin_check" CHECK ("origin" IN ('clock', 'backfill')),
     CONSTRAINT "schedule_firing_schedule_fkey" FOREIGN KEY ("scheduleId") REFERENCES "schedule" ("id")
       ON DELETE CASCADE
   )`,
  `CREATE INDEX "schedule_firing_pending_idx" ON "schedule_firing" ("scheduleId", "dueAt")
    WHERE "outcome" = 'pending'`,
];

const BACK = [
  `DROP TABLE "schedule_firing", "schedule"`,
  `DROP INDEX "run_schedule_due_idx", "run_schedule_idx"`,
  `ALTER TABLE "run" DROP COLUMN "scheduledFor"`,
];

/** Schedules, and what came of each time at which one was due. */
export class Schedules1700000003300 implements MigrationInterface {
  readonly name = 'Schedules1700000003300';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of BACK) await queryRunner.query(statement);
  }
}
