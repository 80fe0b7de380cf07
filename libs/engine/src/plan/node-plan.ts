import type { http } from '@cairn/dto';
import type { GraphNode, MapNode, StepNode } from '@cairn/pipeline';
import type { StepPlace } from '../explain/earlier-executions.js';
import type { OpenPath, Output, Scope } from './scope.js';

/** A step in one place of a plan. */
export interface StepTask {
  readonly node: StepNode;
  /** As the plan names it: `publish/render`, `build[blue].render`. */
  readonly name: string;
  /** Where its earlier executions are. */
  readonly place: StepPlace;
  /** Names under which a request may ask to refresh it. */
  readonly refreshedAs: readonly string[];
  readonly scope: Scope;
  /** On what it hangs, beside its own input, that it is done at all. */
  readonly given: readonly OpenPath[];
}

/** What a plan says of a node. */
export interface NodePlan extends Pick<
  http.PlannedStep,
  'verdict' | 'reason' | 'message' | 'against' | 'hit' | 'sameAs' | 'cacheKey' | 'expectedMs'
> {
  readonly node: GraphNode;
  readonly name: string;
  readonly openPaths: readonly OpenPath[];
  readonly changes: readonly http.StepChange[];
  readonly output: Output;
  /** Of a child: its nodes. */
  readonly inner?: readonly NodePlan[];
  /** Of a map whose list is known: each item with the nodes of its body. */
  readonly items?: readonly PlannedItem[];
}

export interface PlannedItem {
  readonly key: string;
  readonly nodes: readonly NodePlan[];
}

export type MapPlan = NodePlan & { readonly node: MapNode; readonly items: readonly PlannedItem[] };

/** The executions of skills in plans, those of children and items too, and what could not be looked into. */
export function leaves(nodes: readonly NodePlan[]): readonly NodePlan[] {
  return nodes.flatMap(plan => {
    if (plan.inner) return leaves(plan.inner);
    if (plan.items) return plan.items.flatMap(item => leaves(item.nodes));
    return [plan];
  });
}
