import { repositories, transaction, type DataSource, type RunStatus } from '@cairn/dao';
import type { RunRef } from '@cairn/pipeline';

/**
 * Begins a run when it is its turn. Where its tenant may run only so many at once and they are running, it stays
 * `queued`, and its workflow is woken when it has its turn: the oldest first. A run that another has started needs no
 * turn of its own, so that no parent waits for a child that waits for its parent.
 *
 * @returns the status afterwards: `queued` when it has to wait; null when there is no such run.
 */
export async function takeTurn(
  dataSource: DataSource,
  { tenantId, runId }: RunRef,
): Promise<RunStatus | null> {
  const status = await repositories(dataSource).turns.startInTurn(tenantId, runId);
  if (status !== 'queued') return status;
  return transaction(dataSource, async tx => {
    const answer = await tx.turns.askForTurn(tenantId, runId);
    if (answer === 'given') return tx.turns.startInTurn(tenantId, runId);
    if (answer === 'waits') await tx.events.append([{ tenantId, runId, type: 'run.waiting', data: {} }]);
    return 'queued';
  });
}
