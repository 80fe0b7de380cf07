import { isTerminalRunStatus, transaction, type DataSource } from '@cairn/dao';
import { CairnError } from '@cairn/dto';

/**
 * Deletes a run that has ended, with its steps and artifacts. Its cache entries stay, and so do the bytes that anything
 * else names; the rest of its bytes go with a later collection. An artifact whose bytes are pinned stays without a run.
 *
 * @throws CairnError NOT_FOUND; CONFLICT when the run has not ended, or is pinned.
 */
export async function deleteRun(dataSource: DataSource, tenantId: string, runId: string): Promise<void> {
  await transaction(dataSource, async tx => {
    const { runs } = await tx.retention.deleteRuns(tenantId, [runId]);
    if (runs === 0) {
      const run = await tx.runs.getRun(tenantId, runId);
      if (!run) throw new CairnError('NOT_FOUND', 'There is no such run');
      const why = isTerminalRunStatus(run.status) ? 'it is pinned' : `it is ${run.status}`;
      throw new CairnError('CONFLICT', `The run cannot be deleted: ${why}`);
    }
  });
}
