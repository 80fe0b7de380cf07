import type { ServerResponse } from 'node:http';
import { repositories, type DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { TenantService } from '@cairn/engine';
import { Controller, Inject, Res } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import type { Caller as CallerOf } from '../auth/caller.js';
import { ApiError } from '../http/api-error.js';
import { Caller, Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { limitsOf, tenantView, tenantWithUsage } from './tenant-view.js';

@Controller()
export class TenantsController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(TenantService) private readonly tenants: TenantService,
  ) {}

  @Operation('getOwnTenant')
  async own(@Tenant() tenantId: string): Promise<http.TenantWithUsage> {
    return this.withUsage(tenantId);
  }

  @Operation('createTenant')
  async create(
    @Input() { body: { id, name = id, limits = {} } }: InputOf<'createTenant'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.Tenant> {
    const tenant = await this.tenants.create(id, { name, ...limitsOf(limits) });
    response.setHeader('Location', `/v1/tenants/${id}`);
    return tenantView(tenant);
  }

  @Operation('listTenants')
  async list(@Input() { query }: InputOf<'listTenants'>): Promise<http.TenantList> {
    const limit = query.limit!;
    const found = await repositories(this.dataSource).tenants.listTenants({
      limit: limit + 1,
      after: query.cursor,
    });
    const items = found.slice(0, limit).map(tenantView);
    return { items, ...(found.length > limit && { nextCursor: items.at(-1)!.id }) };
  }

  @Operation('getTenant')
  async get(@Input() { params }: InputOf<'getTenant'>): Promise<http.TenantWithUsage> {
    return this.withUsage(params.tenantId);
  }

  @Operation('putTenant')
  async put(@Input() { params, body }: InputOf<'putTenant'>): Promise<http.Tenant> {
    const settings = { name: body.name, ...limitsOf(body.limits) };
    return tenantView(await this.tenants.update(params.tenantId, settings));
  }

  @Operation('deleteTenant')
  async delete(
    @Caller() caller: CallerOf,
    @Input() { params }: InputOf<'deleteTenant'>,
  ): Promise<http.Tenant> {
    // Without keys all that is asked for is the local tenant's: nothing would work without it.
    if (caller.tenantId === params.tenantId)
      throw new ApiError('CONFLICT', 'The tenant of an installation without keys cannot be deleted');
    return tenantView(await this.tenants.delete(params.tenantId));
  }

  private async withUsage(tenantId: string): Promise<http.TenantWithUsage> {
    const tenant = await this.tenants.get(tenantId);
    const { turns, usage } = repositories(this.dataSource);
    return tenantWithUsage(tenant, await turns.countTurns(tenantId), await usage.usageOf(tenantId));
  }
}
