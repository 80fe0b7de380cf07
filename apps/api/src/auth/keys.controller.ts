import type { ServerResponse } from 'node:http';
import { repositories, type DataSource } from '@cairn/dao';
import { http, ValidationError } from '@cairn/dto';
import { Controller, Inject, Res } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Caller, Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { given } from '../runs/run-view.js';
import { fromDuration } from '../store/durations.js';
import type { Caller as CallerOf } from './caller.js';
import { KeyService, type MadeKey } from './key-service.js';
import { keySettings, keyView } from './key-view.js';

const LONGEST_OVERLAP_MS = fromDuration(http.LONGEST_OVERLAP);

@Controller()
export class KeysController {
  private readonly keys: KeyService;

  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {
    this.keys = new KeyService(dataSource);
  }

  @Operation('getCaller')
  caller(@Tenant() tenantId: string, @Caller() { role, name, keyId, gateRoles }: CallerOf): http.CallerInfo {
    // The operator is of no tenant, and does not come here.
    return {
      tenantId,
      role: role as http.Role,
      name,
      ...given({ keyId, gateRoles: gateRoles && [...gateRoles] }),
    };
  }

  @Operation('createKey')
  async create(
    @Tenant() tenantId: string,
    @Input() { body }: InputOf<'createKey'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.NewKey> {
    return shownOnce(await this.keys.create(tenantId, keySettings(body)), response);
  }

  @Operation('createTenantKey')
  async createOfTenant(
    @Input() { params, body }: InputOf<'createTenantKey'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.NewKey> {
    return shownOnce(await this.keys.create(params.tenantId, keySettings(body)), response);
  }

  @Operation('listKeys')
  async list(@Tenant() tenantId: string, @Input() { query }: InputOf<'listKeys'>): Promise<http.KeyList> {
    const page = await repositories(this.dataSource).apiKeys.listKeys(tenantId, {
      limit: query.limit!,
      after: readCursor(query.cursor),
    });
    return { items: page.rows.map(keyView), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }

  @Operation('getKey')
  async get(@Tenant() tenantId: string, @Input() { params }: InputOf<'getKey'>): Promise<http.Key> {
    const key = await repositories(this.dataSource).apiKeys.getKey(tenantId, params.id);
    if (!key) throw new NotFoundError('key');
    return keyView(key);
  }

  @Operation('updateKey')
  async update(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'updateKey'>,
  ): Promise<http.Key> {
    return keyView(await this.keys.update(tenantId, params.id, keySettings(body)));
  }

  @Operation('rotateKey')
  async rotate(
    @Tenant() tenantId: string,
    @Input() { params, body: { overlap = http.DEFAULT_OVERLAP } }: InputOf<'rotateKey'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.NewKey> {
    const overlapMs = fromDuration(overlap);
    if (overlapMs > LONGEST_OVERLAP_MS)
      throw new ValidationError(
        [{ path: '/overlap', code: 'VALIDATION_ERROR', message: `must be at most ${http.LONGEST_OVERLAP}` }],
        'The request',
      );
    return shownOnce(await this.keys.rotate(tenantId, params.id, overlapMs), response);
  }

  @Operation('revokeKey')
  async revoke(@Tenant() tenantId: string, @Input() { params }: InputOf<'revokeKey'>): Promise<http.Key> {
    return keyView(await this.keys.revoke(tenantId, params.id));
  }
}

/** An answer with a secret in it: nobody on the way keeps it. */
function shownOnce({ record, key }: MadeKey, response: ServerResponse): http.NewKey {
  response.setHeader('Location', `/v1/keys/${record.id}`);
  response.setHeader('Cache-Control', 'no-store');
  return { ...keyView(record), key };
}
