import type { EntityManager } from 'typeorm';
import { Tenant, type TenantStatus } from '../entities/tenant.entity.js';
import { returning } from './sql.js';

/** How much a tenant may have at once; null for no bound of its own. */
export interface TenantLimits {
  /** Runs, without those that other runs have started. */
  readonly maxRunningRuns: number | null;
  readonly maxStoredBytes: number | null;
  readonly maxBodyBytes: number | null;
  readonly maxUploadBytes: number | null;
}

/** What the operator says of a tenant. */
export interface TenantSettings extends TenantLimits {
  readonly name: string;
}

/** Whose runs and artifacts there are. */
export class TenantRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns false when there is, or was, one of that id. */
  async insertTenant(id: string, settings: TenantSettings): Promise<boolean> {
    const rows = await this.manager.query<unknown[]>(
      `INSERT INTO "tenant" ("id", "name", "maxRunningRuns", "maxStoredBytes", "maxBodyBytes", "maxUploadBytes",
                             "createdAt", "updatedAt")
       VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), clock_timestamp())
       ON CONFLICT ("id") DO NOTHING RETURNING "id"`,
      [id, ...valuesOf(settings)],
    );
    return rows.length === 1;
  }

  async getTenant(id: string): Promise<Tenant | null> {
    return this.manager.findOneBy(Tenant, { id });
  }

  /** By id; those that are deleted too. */
  async listTenants(filter: { limit: number; after?: string | undefined }): Promise<Tenant[]> {
    const query = this.manager.createQueryBuilder(Tenant, 'tenant');
    if (filter.after !== undefined) query.where('tenant.id > :after', { after: filter.after });
    return query.orderBy('tenant.id', 'ASC').limit(filter.limit).getMany();
  }

  /** Those of a status, e.g. to go on with deletions. */
  async findByStatus(status: TenantStatus): Promise<string[]> {
    const rows = await this.manager.find(Tenant, { where: { status }, select: { id: true } });
    return rows.map(({ id }) => id);
  }

  /** Replaces what the operator says of an active tenant. @returns whether there is one */
  async putSettings(id: string, settings: TenantSettings): Promise<boolean> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "tenant" SET "name" = $2, "maxRunningRuns" = $3, "maxStoredBytes" = $4, "maxBodyBytes" = $5,
              "maxUploadBytes" = $6, "updatedAt" = clock_timestamp()
        WHERE "id" = $1 AND "status" = 'active' RETURNING "id"`,
      [id, ...valuesOf(settings)],
    );
    return rows.length === 1;
  }

  /** `active → deleting`, `deleting → deleted`. @returns whether it changed */
  async advance(id: string, to: 'deleting' | 'deleted'): Promise<boolean> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "tenant" SET "status" = $2, "updatedAt" = clock_timestamp(),
              "deletedAt" = CASE WHEN $2 = 'deleted' THEN clock_timestamp() END
        WHERE "id" = $1 AND "status" = $3 RETURNING "id"`,
      [id, to, to === 'deleted' ? 'deleting' : 'active'],
    );
    return rows.length === 1;
  }
}

function valuesOf(settings: TenantSettings): readonly unknown[] {
  const { name, maxRunningRuns, maxStoredBytes, maxBodyBytes, maxUploadBytes } = settings;
  return [name, maxRunningRuns, maxStoredBytes, maxBodyBytes, maxUploadBytes];
}
