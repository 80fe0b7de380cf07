import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, FaultKind } from './fault-plan.js';
import type { Kill } from './supervised.js';

interface Mark {
  readonly what: 'begin' | 'end' | 'failed';
  /** ms since 1970. */
  readonly at: number;
  readonly pid: number;
  readonly label: string;
  readonly text: string;
  readonly of: string;
}

/** The one reason that explains nothing. */
export const NOTHING_HIT = 'nothing was hit';

/** Why a work was executed once more. */
export type Reason =
  'its worker was killed' | 'it had failed' | `${FaultKind} was hit meanwhile` | typeof NOTHING_HIT;

export interface Executions {
  /** Different works: what a skill was told to do. */
  readonly works: number;
  readonly executions: number;
  /** Executions beyond a work's first, by what had become of the one before. */
  readonly repeats: ReadonlyMap<Reason, number>;
}

/**
 * Counts executions by the file that the skills append to, outside the engine.
 * @param marks the folder with that file
 */
export function countExecutions(marks: string, kills: readonly Kill[], faults: readonly Fault[]): Executions {
  const file = join(marks, 'weaving');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const works = new Map<string, Mark[]>();
  for (const line of lines) {
    const mark = JSON.parse(line) as Mark;
    const work = JSON.stringify([mark.label, mark.text, mark.of]);
    works.set(work, [...(works.get(work) ?? []), mark]);
  }
  const repeats = new Map<Reason, number>();
  let executions = 0;
  for (const all of works.values()) {
    const begun = all.filter(({ what }) => what === 'begin').sort((a, b) => a.at - b.at);
    executions += begun.length;
    for (const [index, before] of begun.slice(0, -1).entries()) {
      const reason = reasonFor(before, begun[index + 1]!, all, kills, faults);
      repeats.set(reason, (repeats.get(reason) ?? 0) + 1);
    }
  }
  return { works: works.size, executions, repeats };
}

function reasonFor(
  before: Mark,
  again: Mark,
  marks: readonly Mark[],
  kills: readonly Kill[],
  faults: readonly Fault[],
): Reason {
  const between = ({ at }: { readonly at: number }) => at >= before.at && at <= again.at;
  if (kills.some(kill => kill.pid === before.pid && between(kill))) return 'its worker was killed';
  if (marks.some(mark => mark.what === 'failed' && mark.pid === before.pid && between(mark)))
    return 'it had failed';
  const hit = faults.find(({ kind, from, to }) => kind !== 'worker' && from <= again.at && to >= before.at);
  return hit ? `${hit.kind} was hit meanwhile` : NOTHING_HIT;
}
