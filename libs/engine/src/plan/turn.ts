import { evaluate, references, UNKNOWN, type GraphNode } from '@cairn/pipeline';
import type { OpenPath, Scope } from './scope.js';

/** Whether a node has its turn, as far as its condition tells. */
export type Turn =
  | { readonly kind: 'on' | 'off' }
  /** Not before others have executed: whether it would, if these came out as before. */
  | { readonly kind: 'on_if' | 'off_if' | 'undecided'; readonly hangsOn: readonly OpenPath[] };

export function turnOf({ when }: Pick<GraphNode, 'when'>, scope: Scope): Turn {
  if (!when) return { kind: 'on' };
  const certain = evaluate(when, scope.known, { keyed: false });
  if (certain !== UNKNOWN) return { kind: certain === true ? 'on' : 'off' };
  const hangsOn = scope.openPaths(references(when));
  const predicted = evaluate(when, scope.predicted, { keyed: false });
  if (predicted === UNKNOWN) return { kind: 'undecided', hangsOn };
  return { kind: predicted === true ? 'on_if' : 'off_if', hangsOn };
}
