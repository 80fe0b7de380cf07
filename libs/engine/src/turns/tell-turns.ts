import { repositories, transaction, type DataSource } from '@cairn/dao';
import { TURN } from '@cairn/pipeline';
import type { WakeControl } from '../claims/waker.js';

/** Runs that are told in one go. */
const BATCH = 500;

/**
 * Gives turns that are free and that nobody gave, as when a limit was raised, and tells the runs whose turn it is. A
 * run is told until it has begun, so no turn is lost with the process that gave it.
 *
 * @returns how many were told
 * @throws when the database or Temporal cannot be reached
 */
export async function tellTurns(parts: {
  readonly dataSource: DataSource;
  readonly control: WakeControl;
}): Promise<number> {
  const { dataSource, control } = parts;
  const { turns } = repositories(dataSource);
  for (const tenantId of await turns.findWaitingTenants())
    await transaction(dataSource, async tx => {
      if ((await tx.turns.giveUnlimited(tenantId)).length === 0) await tx.turns.giveTurns(tenantId);
    });
  const given = await turns.findUntakenTurns(BATCH);
  const told = await Promise.allSettled(given.map(turn => control.wake(turn.temporalWorkflowId, TURN)));
  const failed = told.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
  return given.length;
}
