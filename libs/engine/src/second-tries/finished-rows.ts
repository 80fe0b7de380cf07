import type { RunStep } from '@cairn/dao';
import { dependencies, type GraphNode } from '@cairn/pipeline';

/** It gave something, or its condition left it out. */
const hasResult = ({ status, reason }: RunStep) =>
  status === 'completed' || reason === 'cache_hit' || reason === 'condition_false';

/**
 * Which rows of an earlier run are taken over, in the order of the nodes: those that have finished, and depend on none
 * that is not taken over.
 *
 * @param rows by the ids of the nodes
 * @param fits what else must hold for a row, e.g. that its bytes are there
 */
export function finishedRows(
  nodes: readonly GraphNode[],
  rows: ReadonlyMap<string, RunStep>,
  fits: (row: RunStep) => boolean,
): readonly RunStep[] {
  const ids = new Set(nodes.map(({ id }) => id));
  const taken = new Map<string, RunStep>();
  for (const node of nodes) {
    const row = rows.get(node.id);
    if (!row || !hasResult(row) || !fits(row)) continue;
    if (dependencies(node).every(id => !ids.has(id) || taken.has(id))) taken.set(node.id, row);
  }
  return [...taken.values()];
}

/** Nothing has been done for these steps, nor taken over. */
export const isUntouched = (rows: readonly RunStep[]): boolean =>
  rows.every(row => row.status === 'pending' && row.waitingOn === null);

/** A step and all that depends on it. */
export function followersOf(nodes: readonly GraphNode[], stepId: string): ReadonlySet<string> {
  const followers = new Set([stepId]);
  for (const node of nodes) if (dependencies(node).some(id => followers.has(id))) followers.add(node.id);
  return followers;
}
