import type { Repositories, RunStep } from '@cairn/dao';
import type { RunRef } from '@cairn/pipeline';
import type { StepCopy } from './copy-of.js';
import { isUntouched } from './finished-rows.js';

/** Steps that are taken over together or not at all: those of a run, or of an item of a map. */
export interface CopyUnit {
  readonly stepIds: readonly string[];
  readonly copies: readonly StepCopy[];
}

/**
 * Records steps that are taken over, in the caller's transaction, but for units in which something has been done
 * meanwhile. Locks rows in the order steps, blobs, as all do.
 *
 * @param more digests that are named beside those of the copies
 * @returns the units that were recorded; undefined when a collection took bytes, and nothing may be committed
 */
export async function recordCopies(
  tx: Repositories,
  { tenantId, runId }: RunRef,
  units: readonly CopyUnit[],
  more: readonly string[] = [],
): Promise<readonly CopyUnit[] | undefined> {
  const stepIds = units.flatMap(unit => unit.stepIds);
  const rows = new Map((await tx.steps.lockSteps(tenantId, runId, stepIds)).map(row => [row.stepId, row]));
  const rowsOf = (unit: CopyUnit) =>
    unit.stepIds.flatMap((id): readonly RunStep[] => [rows.get(id)!].filter(Boolean));
  const open = units.filter(unit => isUntouched(rowsOf(unit)));
  const copies = open.flatMap(unit => unit.copies);
  const artifacts = copies.flatMap(copy => copy.artifacts);
  if (open.length === 0) return [];
  if (!(await tx.blobs.hold(tenantId, [...artifacts.map(({ contentHash }) => contentHash), ...more])))
    return undefined;
  await tx.artifacts.insertArtifacts(artifacts);
  const hits = copies.flatMap(({ hit }) => hit ?? []);
  await tx.steps.skipStepsAsCacheHits(tenantId, runId, hits);
  const off = copies.flatMap(({ hit, stepId }) => (hit ? [] : [stepId]));
  await tx.steps.skipSteps(tenantId, runId, off, 'condition_false');
  return open;
}
