import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE "tenant" (
     "id"             text NOT NULL,
     "name"           text NOT NULL,
     "status"         text NOT NULL DEFAULT 'active',
     "maxRunningRuns" integer,
     "maxStoredBytes" bigint,
     "maxBodyBytes"   integer,
     "maxUploadBytes" bigint,
     "createdAt"      timestamptz NOT NULL DEFAULT now(),
     "updatedAt"      timestamptz NOT NULL DEFAULT now(),
     "deletedAt"      timestamptz,
     CONSTRAINT "tenant_pkey" PRIMARY KEY ("id"),
     CONSTRAINT "tenant_status_check" CHECK ("status" IN ('active', 'deleting', 'deleted')),
     CONSTRAINT "tenant_limits_check" CHECK ("maxRunningRuns" > 0 AND "maxStoredBytes" >= 0
       AND "maxBodyBytes" > 0 AND "maxUploadBytes" > 0)
   )`,
  // The tenant of an installation on one machine, and whoever has runs already.
  `INSERT INTO "tenant" ("id", "name")
     SELECT "id", "id" FROM (SELECT 'local' AS "id" UNION SELECT DISTINCT "tenantId" FROM "run") AS "known"`,

  `ALTER TABLE "run" ADD COLUMN "turnAskedAt" timestamptz, ADD COLUMN "turnGivenAt" timestamptz`,
  `CREATE INDEX "run_tenant_live_idx" ON "run" ("tenantId", "status", "createdAt", "id")
    WHERE "status" IN ('queued', 'running')`,
  `CREATE INDEX "run_turn_given_idx" ON "run" ("turnGivenAt") WHERE "status" = 'queued' AND "turnGivenAt" IS NOT NULL`,
];

const BACK = [
  `DROP INDEX "run_turn_given_idx", "run_tenant_live_idx"`,
  `ALTER TABLE "run" DROP COLUMN "turnAskedAt", DROP COLUMN "turnGivenAt"`,
  `DROP TABLE "tenant"`,
];

/** Tenants with their limits, and runs that wait for their turn. */
export class Tenants1700000003100 implements MigrationInterface {
  readonly name = 'Tenants1700000003100';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of BACK) await queryRunner.query(statement);
  }
}
