import { repositories, transaction, type DataSource, type Tenant, type TenantSettings } from '@cairn/dao';
import { CairnError } from '@cairn/dto';

/** Makes tenants, says how much they may have, and has them deleted. For the operator of the installation. */
export class TenantService {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws CairnError CONFLICT when there is, or was, a tenant of that id. */
  async create(id: string, settings: TenantSettings): Promise<Tenant> {
    await transaction(this.dataSource, async tx => {
      if (!(await tx.tenants.insertTenant(id, settings)))
        throw new CairnError('CONFLICT', `The id ${id} is, or was, a tenant's`);
      await tx.events.append([{ tenantId: id, type: 'tenant.created', data: dataOf(settings) }]);
    });
    return this.get(id);
  }

  /** @throws CairnError NOT_FOUND. */
  async get(id: string): Promise<Tenant> {
    const tenant = await repositories(this.dataSource).tenants.getTenant(id);
    if (!tenant) throw new CairnError('NOT_FOUND', 'There is no such tenant');
    return tenant;
  }

  /**
   * Replaces name and limits. Runs that wait for their turn get it as far as the new limit lets them.
   * @throws CairnError NOT_FOUND; CONFLICT when it is being deleted.
   */
  async update(id: string, settings: TenantSettings): Promise<Tenant> {
    await transaction(this.dataSource, async tx => {
      if (!(await tx.tenants.putSettings(id, settings))) await this.refuse(id);
      await tx.events.append([{ tenantId: id, type: 'tenant.updated', data: dataOf(settings) }]);
    });
    return this.get(id);
  }

  /**
   * Begins a deletion; removeTenants does it. Asked for again it is as asked for once.
   * @throws CairnError NOT_FOUND.
   */
  async delete(id: string): Promise<Tenant> {
    await transaction(this.dataSource, async tx => {
      if (await tx.tenants.advance(id, 'deleting'))
        await tx.events.append([{ tenantId: id, type: 'tenant.deletion_requested', data: {} }]);
    });
    return this.get(id);
  }

  private async refuse(id: string): Promise<never> {
    const { status } = await this.get(id);
    throw new CairnError('CONFLICT', `The tenant is ${status}`);
  }
}

function dataOf({ name, ...limits }: TenantSettings) {
  const { maxRunningRuns, maxStoredBytes, maxBodyBytes, maxUploadBytes } = limits;
  return { name, limits: { maxRunningRuns, maxStoredBytes, maxBodyBytes, maxUploadBytes } };
}
