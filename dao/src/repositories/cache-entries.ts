import type { EntityManager } from 'typeorm';
import { StepCache } from '../entities/step-cache.entity.js';
import { type Page, type PagePosition, readPage } from './paging.js';

/** By which entries are found: all that are given must hold; of none, every entry of the tenant is. */
export interface EntryFilter {
  skillId?: string;
  workflowName?: string;
  stepId?: string;
  cacheKeys?: readonly string[];
  /** Made then or later. */
  createdAfter?: Date;
  /** Made earlier than then. */
  createdBefore?: Date;
}

/** What is told of an entry that was found. */
export type FoundEntry = Omit<StepCache, 'outputs' | 'fullInput'>;

/** How many entries were found, and the newest of them. */
export interface FoundEntries {
  total: number;
  newest: FoundEntry[];
}

/** The step cache as an operator sees it: what is in it, and what shall not be any more. */
export class CacheEntries {
  constructor(private readonly manager: EntityManager) {}

  /** Newest first, a page at a time; those that have expired too. */
  async listEntries(
    tenantId: string,
    filter: EntryFilter,
    page: { limit: number; after?: PagePosition },
  ): Promise<Page<StepCache>> {
    const query = this.manager
      .createQueryBuilder(StepCache, 'entry')
      .where('entry.tenantId = :tenantId', { tenantId });
    for (const [index, { column, compare, value }] of conditionsOf(filter).entries())
      query.andWhere(`entry.${column} ${compare(`:value${index}`)}`, { [`value${index}`]: value });
    return readPage(query, 'entry', 'DESC', page.limit, page.after);
  }

  /** @param show how many of them are given at most. */
  async findEntries(tenantId: string, filter: EntryFilter, show: number): Promise<FoundEntries> {
    const { where, parameters } = whereOf(tenantId, filter);
    return this.found(`SELECT ${COLUMNS} FROM "step_cache" WHERE ${where}`, parameters, show);
  }

  /**
   * Deletes what `findEntries` finds. Rows are locked in the order of their keys, as by those that count hits: the
   * other order could deadlock.
   */
  async evictEntries(tenantId: string, filter: EntryFilter, show: number): Promise<FoundEntries> {
    const { where, parameters } = whereOf(tenantId, filter);
    const locked = `SELECT "id" FROM "step_cache" WHERE ${where} ORDER BY "cacheKey" FOR UPDATE`;
    const evicted = `DELETE FROM "step_cache" WHERE "id" IN (${locked}) RETURNING ${COLUMNS}`;
    return this.found(evicted, parameters, show);
  }

  private async found(statement: string, parameters: unknown[], show: number): Promise<FoundEntries> {
    const rows = await this.manager.query<(FoundEntry & { total: number })[]>(
      `WITH "found" AS (${statement})
       SELECT *, "durationMs"::float8 AS "durationMs", (count(*) OVER ())::int AS "total" FROM "found"
        ORDER BY "createdAt" DESC, "id" DESC LIMIT $${parameters.length + 1}`,
      [...parameters, show],
    );
    const [first] = rows;
    return { total: first?.total ?? 0, newest: rows };
  }
}

const COLUMNS = [
  'id',
  'tenantId',
  'cacheKey',
  'workflowName',
  'stepId',
  'skillId',
  'runId',
  'inputHash',
  'artifactIds',
  'digests',
  'durationMs',
  'scope',
  'hitCount',
  'lastHitAt',
  'claimedAt',
  'createdAt',
  'expiresAt',
]
  .map(column => `"${column}"`)
  .join(', ');

interface Condition {
  readonly column: string;
  /** The comparison with a value, which stands in a parameter of this name. */
  compare(parameter: string): string;
  readonly value: unknown;
}

function conditionsOf(filter: EntryFilter): Condition[] {
  const equal = (parameter: string) => `= ${parameter}`;
  const all: Condition[] = [
    { column: 'skillId', compare: equal, value: filter.skillId },
    { column: 'workflowName', compare: equal, value: filter.workflowName },
    { column: 'stepId', compare: equal, value: filter.stepId },
    { column: 'cacheKey', compare: parameter => `= ANY(${parameter})`, value: filter.cacheKeys },
    { column: 'createdAt', compare: parameter => `>= ${parameter}`, value: filter.createdAfter },
    { column: 'createdAt', compare: parameter => `< ${parameter}`, value: filter.createdBefore },
  ];
  return all.filter(({ value }) => value !== undefined);
}

function whereOf(tenantId: string, filter: EntryFilter): { where: string; parameters: unknown[] } {
  const conditions = conditionsOf(filter);
  const clauses = conditions.map(({ column, compare }, index) => `"${column}" ${compare(`$${index + 2}`)}`);
  return {
    where: ['"tenantId" = $1', ...clauses].join(' AND '),
    parameters: [tenantId, ...conditions.map(({ value }) => value)],
  };
}
