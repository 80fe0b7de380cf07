import { repositories, type DataSource } from '@cairn/dao';
import { http } from '@cairn/dto';
import { evictEntries } from '@cairn/engine';
import { Controller, Inject } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { entryView } from './entry-view.js';
import { readPeriod } from './period.js';

@Controller()
export class CacheController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Operation('listCacheEntries')
  async list(
    @Tenant() tenantId: string,
    @Input() { query }: InputOf<'listCacheEntries'>,
  ): Promise<http.CacheEntryList> {
    const { limit, cursor, cacheKey, skillId, workflowName, stepId } = query;
    const cacheKeys = cacheKey === undefined ? undefined : [cacheKey];
    const filter = { skillId, workflowName, stepId, cacheKeys, ...readPeriod(query) };
    const { cacheEntries } = repositories(this.dataSource);
    const page = await cacheEntries.listEntries(tenantId, filter, {
      limit: limit!,
      after: readCursor(cursor),
    });
    return { items: page.rows.map(entryView), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }

  @Operation('evictCacheEntries')
  async evict(
    @Tenant() tenantId: string,
    @Input() { body }: InputOf<'evictCacheEntries'>,
  ): Promise<http.Eviction> {
    const { createdAfter: _after, createdBefore: _before, ...others } = body;
    const order = { ...others, ...readPeriod(body) };
    const { total, newest } = await evictEntries(this.dataSource, tenantId, order);
    return { dryRun: body.dryRun ?? false, evicted: total, entries: newest.map(entryView) };
  }
}
