import { repositories, transaction, type DataSource, type EntryFilter, type FoundEntries } from '@cairn/dao';
import { http, ValidationError } from '@cairn/dto';

/** What to take out of the cache. */
export interface EvictionOrder extends EntryFilter {
  /** Every entry of the tenant; instead of any filter. */
  readonly all?: true;
  /** Says what would be evicted, and evicts nothing. */
  readonly dryRun?: boolean;
}

/**
 * Takes results out of the cache that are valid but bad: the next run that needs one makes it again. Runs keep what
 * they have, and an execution that is under way is cached when it is done.
 *
 * @throws ValidationError when the order names neither a filter nor `all`, or both.
 */
export async function evictEntries(
  dataSource: DataSource,
  tenantId: string,
  { all, dryRun = false, ...filter }: EvictionOrder,
): Promise<FoundEntries> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  if (given.length === 0 && !all) throw refused('', 'must name at least one filter, or "all": true');
  if (given.length > 0 && all) throw refused('/all', 'must not stand beside a filter');
  const show = http.MAX_EVICTED_SHOWN;
  if (dryRun) return repositories(dataSource).cacheEntries.findEntries(tenantId, filter, show);
  return transaction(dataSource, async tx => {
    const found = await tx.cacheEntries.evictEntries(tenantId, filter, show);
    if (found.total === 0) return found;
    const data = { evicted: found.total, filter: Object.fromEntries(given), ...(all && { all }) };
    await tx.events.append([{ tenantId, type: 'cache.evicted', data }]);
    return found;
  });
}

const refused = (path: string, message: string) =>
  new ValidationError([{ path, code: 'VALIDATION_ERROR', message }], 'The request');
