import type { EntityManager } from 'typeorm';
import type { KeyRole } from '../entities/api-key.entity.js';

/** A key that opens something now, if the secret is right. */
export interface UsableKey {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly gateRoles: readonly string[] | null;
  readonly ratePerMinute: number | null;
  /** Of the tenant; null for what the installation takes. Bytes. */
  readonly maxBodyBytes: number | null;
  readonly maxUploadBytes: number | null;
  /** What the secret, or the one before it while that is still taken, is recognised by. */
  readonly hashes: readonly string[];
  /** Its last use was written down more than a minute ago, or never. */
  readonly useIsDue: boolean;
}

/** What is asked before it is known whose request it is. */
export class KeysAcrossTenants {
  constructor(private readonly manager: EntityManager) {}

  /** The key, unless it is revoked, has expired, or its tenant is gone; by the database's clock. */
  async findUsable(keyId: string): Promise<UsableKey | null> {
    const [row] = await this.manager.query<UsableKey[]>(
      `SELECT "key"."id", "key"."tenantId", "key"."name", "key"."role", "key"."gateRoles", "key"."ratePerMinute",
              "tenant"."maxBodyBytes", "tenant"."maxUploadBytes"::float8,
              CASE WHEN "key"."previousUntil" > clock_timestamp()
                   THEN ARRAY["key"."secretHash", "key"."previousHash"] ELSE ARRAY["key"."secretHash"] END AS "hashes",
              coalesce("key"."lastUsedAt" < clock_timestamp() - interval '1 minute', true) AS "useIsDue"
         FROM "api_key" AS "key"
         JOIN "tenant" ON "tenant"."id" = "key"."tenantId" AND "tenant"."status" = 'active'
        WHERE "key"."id" = $1 AND "key"."revokedAt" IS NULL
          AND ("key"."expiresAt" IS NULL OR "key"."expiresAt" > clock_timestamp())`,
      [keyId],
    );
    return row ?? null;
  }

  /** Writes down that a key was used, unless that was done within the last minute. */
  async noteUse(keyId: string): Promise<void> {
    await this.manager.query(
      `UPDATE "api_key" SET "lastUsedAt" = clock_timestamp() WHERE "id" = $1
          AND ("lastUsedAt" IS NULL OR "lastUsedAt" < clock_timestamp() - interval '1 minute')`,
      [keyId],
    );
  }
}
