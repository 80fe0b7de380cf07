import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // The events that there are come first in the log: one transaction has, as it were, written them all.
  `ALTER TABLE "event"
     ADD COLUMN "position" bigint,
     ADD COLUMN "txid" bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
     ADD COLUMN "actor" text`,
  `DROP INDEX "event_tenant_created_idx"`,
  `DROP INDEX "event_run_idx"`,
  `CREATE INDEX "event_unsequenced_idx" ON "event" ("txid") WHERE "position" IS NULL`,
  `CREATE UNIQUE INDEX "event_position_key" ON "event" ("tenantId", "position") WHERE "position" IS NOT NULL`,
  `CREATE INDEX "event_run_position_idx" ON "event" ("runId", "position")
    WHERE "runId" IS NOT NULL AND "position" IS NOT NULL`,
  `CREATE TABLE "event_head" (
     "tenantId" text NOT NULL,
     "position" bigint NOT NULL,
     "floor"    bigint NOT NULL DEFAULT 0,
     CONSTRAINT "event_head_pkey" PRIMARY KEY ("tenantId"),
     CONSTRAINT "event_head_floor_check" CHECK ("floor" >= 0 AND "floor" <= "position")
   )`,
  `ALTER TABLE "retention"
     ADD COLUMN "keepEventsMs" bigint,
     DROP CONSTRAINT "retention_positive_check",
     ADD CONSTRAINT "retention_positive_check"
       CHECK ("keepRunsMs" > 0 AND "keepEntriesMs" > 0 AND "keepEventsMs" > 0)`,
];

const BACK = [
  `ALTER TABLE "retention"
     DROP CONSTRAINT "retention_positive_check",
     DROP COLUMN "keepEventsMs",
     ADD CONSTRAINT "retention_positive_check" CHECK ("keepRunsMs" > 0 AND "keepEntriesMs" > 0)`,
  `DROP TABLE "event_head"`,
  `DROP INDEX "event_unsequenced_idx", "event_position_key", "event_run_position_idx"`,
  `ALTER TABLE "event" DROP COLUMN "position", DROP COLUMN "txid", DROP COLUMN "actor"`,
  `CREATE INDEX "event_tenant_created_idx" ON "event" ("tenantId", "createdAt", "id")`,
  `CREATE INDEX "event_run_idx" ON "event" ("runId", "createdAt", "id")`,
];

/** A place for each event in its tenant's log, which one sequencer gives after the commit; and how long events are kept. */
export class EventLog1700000003000 implements MigrationInterface {
  readonly name = 'EventLog1700000003000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of BACK) await queryRunner.query(statement);
  }
}
