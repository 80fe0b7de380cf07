import { dependencies, evaluate, UNKNOWN, type GateNode, type GraphNode } from '@cairn/pipeline';
import type { NodePlan, StepTask } from './node-plan.js';
import { planChild } from './plan-child.js';
import type { PlanContext } from './plan-context.js';
import { planMap } from './plan-map.js';
import { planSteps } from './plan-steps.js';
import { pathText, together, type OpenPath, type Scope } from './scope.js';
import { keyedReferences } from './keyed-references.js';
import { turnOf } from './turn.js';

/** Nodes of one graph, or of the body of a map for one item. */
export interface NodeGroup {
  readonly nodes: readonly GraphNode[];
  /** What they can refer to; what they give is put into it. */
  readonly scope: Scope;
  readonly workflowName: string;
  /** The name of a node in the plan. */
  readonly nameOf: (id: string) => string;
  /** The id of a node in the records of its run. */
  readonly stepIdOf: (id: string) => string;
  /** Names under which a request may ask to refresh a node. */
  readonly refreshedAs: (id: string) => readonly string[];
  /** On what it hangs that any of it is done. */
  readonly given: readonly OpenPath[];
}

/**
 * Plans groups of nodes side by side, level by level: what is ready in all of them is asked about together.
 * @returns the plans of each group, in the order of its nodes.
 */
export async function planGroups(
  context: PlanContext,
  groups: readonly NodeGroup[],
): Promise<readonly (readonly NodePlan[])[]> {
  const planned = groups.map(() => new Map<string, NodePlan>());
  for (;;) {
    const ready = groups.flatMap((group, at) =>
      readyNodes(group, planned[at]!).map(node => ({ group, plans: planned[at]!, node })),
    );
    if (ready.length === 0) break;
    const steps = ready.flatMap(({ group, plans, node }) =>
      node.kind === 'step' ? [{ group, plans, task: taskOf(group, node) }] : [],
    );
    const stepPlans = await planSteps(
      context,
      steps.map(({ task }) => task),
    );
    for (const [at, { group, plans }] of steps.entries()) settle(group, plans, stepPlans[at]!);
    for (const { group, plans, node } of ready)
      if (node.kind !== 'step') settle(group, plans, await planOther(context, group, node));
  }
  return groups.map(({ nodes }, at) => nodes.map(({ id }) => planned[at]!.get(id)!));
}

function readyNodes({ nodes }: NodeGroup, planned: ReadonlyMap<string, NodePlan>): readonly GraphNode[] {
  const own = new Set(nodes.map(({ id }) => id));
  return nodes.filter(
    node => !planned.has(node.id) && dependencies(node).every(id => planned.has(id) || !own.has(id)),
  );
}

function settle({ scope, nameOf }: NodeGroup, plans: Map<string, NodePlan>, plan: NodePlan): void {
  plans.set(plan.node.id, plan);
  scope.set(plan.node.id, plan.output, nameOf(plan.node.id));
}

function taskOf(group: NodeGroup, node: StepTask['node']): StepTask {
  const { workflowName, scope, given, refreshedAs, nameOf, stepIdOf } = group;
  return {
    node,
    name: nameOf(node.id),
    place: { skillId: node.skill, workflowName, stepId: stepIdOf(node.id) },
    refreshedAs: refreshedAs(node.id),
    scope,
    given,
  };
}

/** What a node is given that is no skill's execution: its value now, or if open paths come out as before. */
export interface GivenInput {
  readonly certain: boolean;
  /** Absent where it cannot be told. */
  readonly value?: unknown;
  readonly openPaths: readonly OpenPath[];
}

async function planOther(
  context: PlanContext,
  group: NodeGroup,
  node: Exclude<GraphNode, { kind: 'step' }>,
): Promise<NodePlan> {
  const { scope, given, nameOf } = group;
  const turn = turnOf(node, scope);
  const openPaths = 'hangsOn' in turn ? together(given, turn.hangsOn) : given;
  const base = { node, name: nameOf(node.id), openPaths, changes: [] };
  const surely = openPaths.length === 0;
  if (turn.kind === 'off' || turn.kind === 'off_if')
    return {
      ...base,
      verdict: surely ? 'off' : 'off_if_unchanged',
      message: `left out: its condition is not true${surely ? '' : `, if ${pathText(openPaths[0]!)} comes out as before`}`,
      output: surely
        ? { kind: 'known', value: undefined }
        : { kind: 'open', before: { value: undefined }, hangsOn: openPaths },
    };
  if (turn.kind === 'undecided')
    return {
      ...base,
      verdict: 'undecided',
      message: 'cannot be told: its condition is open: there is no earlier execution to go by',
      output: { kind: 'open' },
    };
  if (node.kind === 'gate') return { ...base, ...planGate(node) };
  const input = givenInput(node, scope, openPaths);
  return {
    ...base,
    ...(await (node.kind === 'map'
      ? planMap(context, group, node, input)
      : planChild(context, group, node, input))),
  };
}

function givenInput(node: GraphNode, scope: Scope, given: readonly OpenPath[]): GivenInput {
  const openPaths = together(given, scope.openPaths(keyedReferences(node.input)));
  const certain = evaluate(node.input, scope.known, { keyed: false });
  if (certain !== UNKNOWN) return { certain: given.length === 0, value: certain, openPaths };
  const predicted = evaluate(node.input, scope.predicted, { keyed: false });
  return { certain: false, openPaths, ...(predicted !== UNKNOWN && { value: predicted }) };
}

function planGate({ role, withinMs, otherwise }: GateNode): Pick<NodePlan, 'verdict' | 'message' | 'output'> {
  const hours = Math.round(withinMs / 360_000) / 10;
  const end = otherwise === 'approve' ? 'goes on as approved' : 'goes on as rejected';
  return {
    verdict: 'waits',
    message: `waits for the approval of the role ${role}; after ${hours} h it ${end}`,
    output: { kind: 'open' },
  };
}
