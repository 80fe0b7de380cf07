import type { ArtifactStore } from '@cairn/artifact-store';
import { repositories, transaction, type DataSource } from '@cairn/dao';
import type { Log } from '../log.js';
import type { RunControl } from '../runs/run-control.js';
import { settleRun } from '../runs/settle-run.js';
import { endSchedules } from './end-schedules.js';

export interface RemovalParts {
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  readonly control: Pick<RunControl, 'cancel'>;
  readonly log: Log;
}

/** Rows in one transaction, so that none holds its locks for long. */
const BATCH = 2_000;

/**
 * Goes on with the deletion of all tenants that are being deleted: ends their schedules, cancels their runs, then removes their records and
 * their bytes. Killed at any instant it can be done again; two processes that do it at once do no harm.
 *
 * @returns how many tenants are gone now
 * @throws what the database or the store throws; the next round goes on
 */
export async function removeTenants(parts: RemovalParts): Promise<number> {
  let gone = 0;
  for (const tenantId of await repositories(parts.dataSource).tenants.findByStatus('deleting'))
    if (await removeTenant(parts, tenantId)) gone += 1;
  return gone;
}

async function removeTenant(parts: RemovalParts, tenantId: string): Promise<boolean> {
  const { dataSource, log } = parts;
  if (!(await endSchedules(dataSource, tenantId))) return false;
  await cancelRuns(parts, tenantId);
  const rows = await removeRows(dataSource, tenantId);
  const bytes = await removeBytes(parts.store, tenantId);
  const gone = await transaction(dataSource, async tx => {
    if (!(await tx.tenants.advance(tenantId, 'deleted'))) return false;
    await tx.events.append([{ tenantId, type: 'tenant.deleted', data: { rows, bytes } }]);
    return true;
  });
  if (gone) log.info({ tenantId, rows, bytes }, 'deleted a tenant with all that it owned');
  return gone;
}

/** The records end first: a worker that is at a step of theirs is told so, and has nowhere to record what it makes. */
async function cancelRuns({ dataSource, control, log }: RemovalParts, tenantId: string): Promise<void> {
  const { tenantRows } = repositories(dataSource);
  for (;;) {
    const runs = await tenantRows.findLiveRuns(tenantId, BATCH);
    if (runs.length === 0) return;
    for (const { id: runId, temporalWorkflowId } of runs) {
      const message = 'The tenant is deleted';
      await settleRun(dataSource, { tenantId, runId }, { status: 'cancelled', code: 'CANCELLED', message });
      // Whatever is missed here is found by the reconciler, which ends workflows whose run is gone.
      await control.cancel(temporalWorkflowId).catch((error: unknown) => {
        log.warn({ runId, error: (error as Error).message }, 'a workflow is ended later');
      });
    }
  }
}

async function removeRows(dataSource: DataSource, tenantId: string): Promise<number> {
  const { tenantRows } = repositories(dataSource);
  let removed = 0;
  for (const table of await tenantRows.tables())
    for (let some = BATCH; some === BATCH; removed += some)
      some = await tenantRows.deleteSome(table, tenantId, BATCH);
  return removed;
}

async function removeBytes(store: ArtifactStore, tenantId: string): Promise<number> {
  let removed = 0;
  for await (const { digest } of store.list(tenantId)) removed += await store.remove(tenantId, digest);
  return removed;
}
