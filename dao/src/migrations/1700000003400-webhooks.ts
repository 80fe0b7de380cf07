import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE "webhook" (
     "id"                  uuid NOT NULL,
     "tenantId"            text NOT NULL,
     "url"                 text NOT NULL,
     "types"               text[] NOT NULL,
     "description"         text,
     "status"              text NOT NULL DEFAULT 'enabled',
     "disabledReason"      text,
     "disabledAt"          timestamptz,
     "secret"              text NOT NULL,
     "previousSecret"      text,
     "previousSecretUntil" timestamptz,
     "position"            bigint NOT NULL,
     "replayTo"            bigint,
     "replayAll"           boolean NOT NULL DEFAULT false,
     "failures"            integer NOT NULL DEFAULT 0,
     "failingSince"        timestamptz,
     "createdAt"           timestamptz NOT NULL DEFAULT now(),
     "updatedAt"           timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "webhook_pkey" PRIMARY KEY ("id"),
     CONSTRAINT "webhook_status_check" CHECK ("status" IN ('enabled', 'disabled')),
     CONSTRAINT "webhook_reason_check" CHECK ("disabledReason" IN ('asked', 'failing', 'gone')),
     CONSTRAINT "webhook_disabled_check" CHECK (("status" = 'disabled') = ("disabledAt" IS NOT NULL)
       AND ("disabledAt" IS NULL) = ("disabledReason" IS NULL)),
     CONSTRAINT "webhook_previous_check" CHECK (("previousSecret" IS NULL) = ("previousSecretUntil" IS NULL))
   )`,
  `CREATE INDEX "webhook_tenant_created_idx" ON "webhook" ("tenantId", "createdAt", "id")`,

  `CREATE TABLE "webhook_delivery" (
     "id"              uuid NOT NULL,
     "tenantId"        text NOT NULL,
     "webhookId"       uuid NOT NULL,
     "eventId"         uuid NOT NULL,
     "eventType"       text NOT NULL,
     "position"        bigint NOT NULL,
     "body"            text NOT NULL,
     "status"          text NOT NULL DEFAULT 'pending',
     "attempts"        integer NOT NULL DEFAULT 0,
     "earlierAttempts" integer NOT NULL DEFAULT 0,
     "nextAttemptAt"   timestamptz,
     "log"             jsonb NOT NULL DEFAULT '[]',
     "createdAt"       timestamptz NOT NULL DEFAULT now(),
     "endedAt"         timestamptz,
     CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id"),
     CONSTRAINT "webhook_delivery_event_key" UNIQUE ("webhookId", "eventId"),
     CONSTRAINT "webhook_delivery_status_check" CHECK ("status" IN ('pending', 'delivered', 'failed')),
     CONSTRAINT "webhook_delivery_pending_check" CHECK (("status" = 'pending') = ("nextAttemptAt" IS NOT NULL)
       AND ("status" = 'pending') = ("endedAt" IS NULL)),
     CONSTRAINT "webhook_delivery_webhook_fkey" FOREIGN KEY ("webhookId") REFERENCES "webhook" ("id") ON DELETE CASCADE
   )`,
  `CREATE INDEX "webhook_delivery_created_idx" ON "webhook_delivery" ("webhookId", "createdAt", "id")`,
  `CREATE INDEX "webhook_delivery_due_idx" ON "webhook_delivery" ("webhookId", "nextAttemptAt") WHERE "status" = 'pending'`,
  `CREATE INDEX "webhook_delivery_next_idx" ON "webhook_delivery" ("nextAttemptAt") WHERE "status" = 'pending'`,
  `CREATE INDEX "webhook_delivery_ended_idx" ON "webhook_delivery" ("endedAt") WHERE "endedAt" IS NOT NULL`,
];

/** Where a tenant's events are sent, and each on its way there. */
export class Webhooks1700000003400 implements MigrationInterface {
  readonly name = 'Webhooks1700000003400';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "webhook_delivery", "webhook"`);
  }
}
