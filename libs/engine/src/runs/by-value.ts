import type { GraphNode, OpenedRun, SettledStep } from '@cairn/pipeline';

/**
 * What a workflow is given by value in one answer at most, as JSON: Temporal takes 2 MB, and keeps it in the history.
 * Bytes.
 */
const MOST_BYTES = 1024 * 1024;

/** Counts what is given by value, as long as there is room. */
export class ByValue {
  private bytes = 0;

  constructor(private readonly most = MOST_BYTES) {}

  /** Whether an output may be given too; one that may not is asked for again when it is needed. */
  takes(step: SettledStep): boolean {
    if (step.kind !== 'done') return true;
    this.bytes += Buffer.byteLength(JSON.stringify(step.output ?? null));
    return this.bytes <= this.most;
  }
}

/** A run as a workflow takes it up, with no more outputs than travel in one answer. */
export function openedByValue(opened: OpenedRun): OpenedRun {
  return { ...opened, settled: settledByValue(opened.graph.steps, opened.settled) };
}

/** The ends of nodes, as far as there is room for them. */
export function settledByValue(
  nodes: readonly Pick<GraphNode, 'id'>[],
  settled: OpenedRun['settled'],
  given = new ByValue(),
): OpenedRun['settled'] {
  return Object.fromEntries(
    nodes.flatMap(({ id }) => {
      const step = settled[id];
      return step && given.takes(step) ? [[id, step] as const] : [];
    }),
  );
}
