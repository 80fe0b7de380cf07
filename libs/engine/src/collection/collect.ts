import { repositories, unlessCollecting } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import { collectTenant } from './collect-tenant.js';
import { forecastTenant } from './forecast-tenant.js';
import { addFigures, isIdle, NO_FIGURES, type CollectionFigures, type CollectionReport } from './report.js';
import type { CollectionLimits, StoreParts } from './tenant-work.js';

export interface CollectionOptions {
  /** Whose; all tenants' when absent. */
  readonly tenantId?: string;
  /** What was touched, expired or left more recently than this stays. Milliseconds. */
  readonly graceMs: number;
  /** Tells what would be removed, and changes nothing. */
  readonly dryRun?: boolean;
  readonly limits?: Partial<CollectionLimits>;
  /** Breaks off between two transactions; what was done stays done. */
  readonly signal?: AbortSignal;
}

/** Collections of one database are done one at a time, and one is under way. */
export class CollectionRunningError extends CairnError {
  constructor() {
    super('COLLECTION_RUNNING', 'A collection is under way');
  }
}

const LIMITS: CollectionLimits = {
  runs: 50,
  entries: 500,
  events: 2_000,
  files: 1_000,
  marks: 5_000,
  blobs: 50,
};

/**
 * A writer elsewhere, on another machine, may still be at a file that it has not written to for a while. What is known
 * to be left by a dead process goes at once. Milliseconds.
 */
const QUIET_WRITER_MS = 3_600_000;

/**
 * Removes what nobody needs: runs and cache entries that their tenants no longer keep, bytes that no row names, and what
 * processes that died have left. Killed at any instant, it can be done again.
 *
 * It may run beside any writer. Bytes are removed while their row is locked, after a last look whether anything names
 * them; who names bytes holds the row; so neither misses the other.
 *
 * @throws CollectionRunningError; StoreUnavailableError; what the database throws; the signal's reason.
 */
export async function collect(parts: StoreParts, options: CollectionOptions): Promise<CollectionReport> {
  const done = await unlessCollecting(parts.dataSource, () => collectAll(parts, options));
  if (!done) throw new CollectionRunningError();
  return done.result;
}

async function collectAll(parts: StoreParts, options: CollectionOptions): Promise<CollectionReport> {
  const { graceMs, dryRun = false, signal } = options;
  const limits = { ...LIMITS, ...options.limits };
  let sum = NO_FIGURES;
  for (const tenantId of options.tenantId === undefined ? await allTenants(parts) : [options.tenantId]) {
    const work = { tenantId, graceMs, limits, signal };
    const figures = dryRun ? await forecastTenant(parts, work) : await collectTenant(parts, work);
    // A round of housekeeping that found nothing to do is no news.
    if (!dryRun && (options.tenantId !== undefined || !isIdle(figures))) await tell(parts, work, figures);
    sum = addFigures(sum, figures);
  }
  signal?.throwIfAborted();
  const quietMs = Math.max(graceMs, QUIET_WRITER_MS);
  const { files, bytes } = await parts.store.sweepIncoming(quietMs, { dryRun });
  return { ...sum, dryRun, graceMs, leftovers: { count: files, bytes } };
}

async function allTenants({ dataSource, store }: StoreParts): Promise<string[]> {
  const tenants = new Set(await repositories(dataSource).usage.listTenants());
  for await (const tenantId of store.tenants()) tenants.add(tenantId);
  return [...tenants].sort();
}

async function tell(
  { dataSource, log }: StoreParts,
  { tenantId, graceMs }: { tenantId: string; graceMs: number },
  figures: CollectionFigures,
): Promise<void> {
  const data = { graceMs, ...figures };
  await repositories(dataSource).events.append([{ tenantId, type: 'store.collected', data }]);
  log.info({ tenantId, ...data }, 'collected what nobody needs');
}
