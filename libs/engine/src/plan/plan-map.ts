import { evaluate, ITEM_KEY, itemStep, itemStepId, MOST_ITEMS, UNKNOWN, type MapNode } from '@cairn/pipeline';
import type { NodePlan } from './node-plan.js';
import type { PlanContext } from './plan-context.js';
import { planGroups, type GivenInput, type NodeGroup } from './plan-graph.js';
import { known, Scope, type Output } from './scope.js';
import { summary } from './summary.js';

type MapPlanned = Pick<NodePlan, 'verdict' | 'reason' | 'message' | 'output' | 'openPaths' | 'items'>;

/** Plans what a map does for each item, where its list is known. */
export async function planMap(
  context: PlanContext,
  group: NodeGroup,
  node: MapNode,
  input: GivenInput,
): Promise<MapPlanned> {
  const { openPaths } = input;
  const list = evaluate(node.input, group.scope.known, { keyed: false });
  if (list === UNKNOWN)
    return {
      verdict: 'undecided',
      message: 'cannot be told: its list is not known before other steps have executed',
      openPaths,
      output: { kind: 'open' },
    };
  const keyed = keyedItems(node, group.scope, list);
  if (typeof keyed === 'string')
    return {
      verdict: 'miss',
      reason: 'invalid',
      message: `it will fail: ${keyed}`,
      openPaths,
      output: { kind: 'open' },
    };
  const own = group.nameOf(node.id);
  const plans = await planGroups(
    context,
    keyed.map(({ key, scope }) => ({
      nodes: node.body,
      scope,
      workflowName: group.workflowName,
      nameOf: id => itemStepId(own, key, id),
      stepIdOf: id => itemStepId(group.stepIdOf(node.id), key, id),
      refreshedAs: [node.id],
      given: group.given,
    })),
  );
  const items = keyed.map(({ key }, at) => ({ key, nodes: plans[at]! }));
  const what = `${items.length} ${items.length === 1 ? 'item' : 'items'}`;
  return {
    ...summary(plans.flat(), what),
    openPaths,
    items,
    output: outputOf(
      node,
      keyed.map(({ scope }) => scope),
    ),
  };
}

interface KeyedItem {
  readonly key: string;
  readonly scope: Scope;
}

/** The items by key; a text that says why there are none. */
function keyedItems(node: MapNode, around: Scope, list: unknown): readonly KeyedItem[] | string {
  if (!Array.isArray(list)) return 'what it maps over is no list';
  if (list.length > MOST_ITEMS) return `${list.length} items are more than ${MOST_ITEMS}`;
  const items: KeyedItem[] = [];
  const keys = new Set<string>();
  for (const [at, item] of list.entries()) {
    const scope = new Scope(around);
    scope.set(itemStep(node.id), known(item));
    const key = evaluate(node.key, scope.known, { keyed: false });
    if (key === UNKNOWN) return 'the names of its items are not known before other steps have executed';
    if (typeof key !== 'string' || !ITEM_KEY.test(key))
      return `item ${at}: ${JSON.stringify(key)} is no name of an item`;
    if (keys.has(key)) return `two items are named ${key}`;
    keys.add(key);
    items.push({ key, scope });
  }
  return items;
}

/** What later steps read of a map: certain, or what it would be if its items give what they gave before. */
function outputOf(node: MapNode, scopes: readonly Scope[]): Output {
  const wrapped = (ok: readonly unknown[]) => (node.failures === 'collect' ? { ok, failed: [] } : ok);
  const certain = scopes.map(scope => evaluate(node.result, scope.known, { keyed: false }));
  const asRead = (values: readonly unknown[]) => wrapped(values.map(value => value ?? null));
  if (!certain.includes(UNKNOWN)) return known(asRead(certain));
  const before = scopes.map(scope => evaluate(node.result, scope.predicted, { keyed: false }));
  return before.includes(UNKNOWN) ? { kind: 'open' } : { kind: 'open', before: { value: asRead(before) } };
}
