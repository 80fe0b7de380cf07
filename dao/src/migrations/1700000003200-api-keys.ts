import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE "api_key" (
     "id"            uuid NOT NULL,
     "tenantId"      text NOT NULL,
     "name"          text NOT NULL,
     "role"          text NOT NULL,
     "gateRoles"     text[],
     "ratePerMinute" integer,
     "secretHash"    text NOT NULL,
     "previousHash"  text,
     "previousUntil" timestamptz,
     "expiresAt"     timestamptz,
     "revokedAt"     timestamptz,
     "lastUsedAt"    timestamptz,
     "createdAt"     timestamptz NOT NULL DEFAULT now(),
     "updatedAt"     timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "api_key_pkey" PRIMARY KEY ("id"),
     CONSTRAINT "api_key_role_check" CHECK ("role" IN ('viewer', 'runner', 'approver', 'admin')),
     CONSTRAINT "api_key_rate_check" CHECK ("ratePerMinute" > 0),
     CONSTRAINT "api_key_previous_check" CHECK (("previousHash" IS NULL) = ("previousUntil" IS NULL)),
     CONSTRAINT "api_key_hash_check" CHECK ("secretHash" ~ '^sha256:[0-9a-f]{64}$'
       AND ("previousHash" IS NULL OR "previousHash" ~ '^sha256:[0-9a-f]{64}$'))
   )`,
  `CREATE INDEX "api_key_tenant_created_idx" ON "api_key" ("tenantId", "createdAt", "id")`,
  `CREATE UNIQUE INDEX "api_key_name_key" ON "api_key" ("tenantId", "name") WHERE "revokedAt" IS NULL`,
];

/** Keys to the API. */
export class ApiKeys1700000003200 implements MigrationInterface {
  readonly name = 'ApiKeys1700000003200';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "api_key"`);
  }
}
