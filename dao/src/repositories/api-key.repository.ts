import type { EntityManager } from 'typeorm';
import { ApiKey, type KeyRole } from '../entities/api-key.entity.js';
import { isUniqueViolation, KeyNameTakenError } from '../errors.js';
import { newId } from '../ids.js';
import { KeysAcrossTenants } from './keys-across-tenants.js';
import { type Page, type PagePosition, readPage } from './paging.js';
import { returning } from './sql.js';

/** What an administrator says of a key. */
export interface KeySettings {
  readonly name: string;
  readonly role: KeyRole;
  /** null for any. */
  readonly gateRoles: readonly string[] | null;
  readonly ratePerMinute: number | null;
  readonly expiresAt: Date | null;
}

/** Keys of a tenant. Each change is one statement, so concurrent ones are safe. */
export class ApiKeyRepository {
  /** What is asked before the tenant is known. */
  readonly acrossTenants: KeysAcrossTenants;

  constructor(private readonly manager: EntityManager) {
    this.acrossTenants = new KeysAcrossTenants(manager);
  }

  /**
   * Inserts a key of a tenant that is active, and holds the tenant against being deleted meanwhile.
   * @returns null when there is no such tenant.
   * @throws KeyNameTakenError
   */
  async insertKey(tenantId: string, secretHash: string, settings: KeySettings): Promise<ApiKey | null> {
    const { name, role, gateRoles, ratePerMinute, expiresAt } = settings;
    return this.named(tenantId, name, () =>
      this.manager.query<ApiKey[]>(
        `INSERT INTO "api_key" ("id", "tenantId", "name", "role", "gateRoles", "ratePerMinute", "expiresAt", "secretHash",
                              "createdAt", "updatedAt")
       SELECT $1, "id", $3, $4, $5::text[], $6, $7, $8, clock_timestamp(), clock_timestamp()
         FROM "tenant" WHERE "id" = $2 AND "status" = 'active' FOR SHARE
       RETURNING *`,
        [newId(), tenantId, name, role, gateRoles, ratePerMinute, expiresAt, secretHash],
      ),
    );
  }

  async getKey(tenantId: string, keyId: string): Promise<ApiKey | null> {
    return this.manager.findOneBy(ApiKey, { tenantId, id: keyId });
  }

  /** Newest first, a page at a time; those that are revoked too. */
  async listKeys(
    tenantId: string,
    filter: { limit: number; after?: PagePosition | undefined },
  ): Promise<Page<ApiKey>> {
    const query = this.manager
      .createQueryBuilder(ApiKey, 'key')
      .where('key.tenantId = :tenantId', { tenantId });
    return readPage(query, 'key', 'DESC', filter.limit, filter.after);
  }

  /**
   * Replaces what is said of a key.
   * @returns null when there is none that is not revoked.
   * @throws KeyNameTakenError
   */
  async putSettings(tenantId: string, keyId: string, settings: KeySettings): Promise<ApiKey | null> {
    const { name, role, gateRoles, ratePerMinute, expiresAt } = settings;
    return this.named(tenantId, name, () =>
      returning<ApiKey>(
        this.manager,
        `UPDATE "api_key" SET "name" = $3, "role" = $4, "gateRoles" = $5::text[], "ratePerMinute" = $6, "expiresAt" = $7,
              "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "revokedAt" IS NULL RETURNING *`,
        [tenantId, keyId, name, role, gateRoles, ratePerMinute, expiresAt],
      ),
    );
  }

  /**
   * Gives a key a new secret; the one before is taken for a while yet.
   * @param overlapMs for how long, from now on by the database's clock
   * @returns null when there is none that is not revoked.
   */
  async rotate(
    tenantId: string,
    keyId: string,
    secretHash: string,
    overlapMs: number,
  ): Promise<ApiKey | null> {
    const rows = await returning<ApiKey>(
      this.manager,
      `UPDATE "api_key" SET "previousHash" = "secretHash", "secretHash" = $3,
              "previousUntil" = clock_timestamp() + $4::float8 * interval '1 millisecond',
              "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "revokedAt" IS NULL RETURNING *`,
      [tenantId, keyId, secretHash, overlapMs],
    );
    return rows[0] ?? null;
  }

  /** Has a key open nothing any more. @returns null when there is none that is not revoked already. */
  async revoke(tenantId: string, keyId: string): Promise<ApiKey | null> {
    const rows = await returning<ApiKey>(
      this.manager,
      `UPDATE "api_key" SET "revokedAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "revokedAt" IS NULL RETURNING *`,
      [tenantId, keyId],
    );
    return rows[0] ?? null;
  }

  private async named(
    tenantId: string,
    name: string,
    write: () => Promise<readonly ApiKey[]>,
  ): Promise<ApiKey | null> {
    try {
      return (await write())[0] ?? null;
    } catch (error) {
      if (isUniqueViolation(error, 'api_key_name_key'))
        throw new KeyNameTakenError(tenantId, name, { cause: error });
      throw error;
    }
  }
}
