import type { Run, RunStep } from '@cairn/dao';
import type { http } from '@cairn/dto';
import type { GraphNode } from '@cairn/pipeline';

/** A step with all that explains it. */
export interface ExplainedStep {
  readonly run: Run;
  readonly step: RunStep;
  /** The steps of its run; of items of maps those of its own item. */
  readonly steps: readonly RunStep[];
  /** In the graph that its run is pinned to; undefined when that is not recorded. */
  readonly node: GraphNode | undefined;
}

/** What a step is compared with, and what differs. */
export interface Comparison {
  readonly against?: http.ComparedWith;
  readonly changes: readonly http.StepChange[];
}
