import { isDatabaseUnavailable, repositories, type DataSource, type UnretriedFilter } from '@cairn/dao';
import { CairnError, http, ValidationError } from '@cairn/dto';
import type { SecondTries } from './second-tries.js';

/** Which runs to retry. */
export interface RetryOrder extends UnretriedFilter {
  /** Every run of the tenant that failed or was cancelled; instead of any filter. */
  readonly all?: true;
  /** How many at most, the oldest first. */
  readonly limit?: number;
  /** Says what would be retried, and retries nothing. */
  readonly dryRun?: boolean;
}

/**
 * Retries runs that have failed or were cancelled and that nobody has retried yet, one after the other. A child of
 * another run is left to its parent. Done again after it was broken off, it goes on with what is left.
 *
 * @throws ValidationError when the order names neither a filter nor `all`, or both; what the database throws.
 */
export async function retryMany(
  parts: { readonly dataSource: DataSource; readonly tries: SecondTries },
  tenantId: string,
  { all, limit = http.MAX_RETRIED, dryRun = false, ...filter }: RetryOrder,
): Promise<http.RetriedRuns> {
  const given = Object.values(filter).filter(value => value !== undefined);
  if (given.length === 0 && !all) throw refused('', 'must name at least one filter, or "all": true');
  if (given.length > 0 && all) throw refused('/all', 'must not stand beside a filter');
  const { unretriedRuns } = repositories(parts.dataSource);
  const { total: matched, oldest } = await unretriedRuns.find(tenantId, filter, limit);
  const answer: http.RetriedRuns = { dryRun, matched, retried: [], refused: [] };
  for (const runId of oldest) {
    if (dryRun) answer.retried.push({ runId });
    else await retryOne(parts.tries, tenantId, runId, answer);
  }
  return answer;
}

async function retryOne(
  tries: SecondTries,
  tenantId: string,
  runId: string,
  answer: http.RetriedRuns,
): Promise<void> {
  try {
    const { run } = await tries.retryFirst(tenantId, runId);
    answer.retried.push({ runId, newRunId: run.id });
  } catch (error) {
    if (!(error instanceof CairnError) || isDatabaseUnavailable(error)) throw error;
    answer.refused.push({ runId, code: error.code, message: error.message });
  }
}

const refused = (path: string, message: string) =>
  new ValidationError([{ path, code: 'VALIDATION_ERROR', message }], 'The request');
