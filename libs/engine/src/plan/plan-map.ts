import { evaluate, ITEM_KEY, itemStep, itemStepId, MOST_ITEMS, UNKNOWN, type MapNode } from '@cairn/pipeline';
import type { NodePlan } from './node-plan.js';
import type { PlanContext } from './plan-context.js';
import { planGroups, type GivenInput, type NodeGroup } from './plan-graph.js';
import { known, Scope, type Output } from './scope.js';
import { summary } from './summary.js';

type MapPlanned = Pick<NodePlan, 'verdict' | 'reason' | 'message' | 'output' | 'openPaths' | 'items'>;

/** Plans what a map does for each item, where its list is known, or for the items that it had before. */
export async function planMap(
  context: PlanContext,
  group: NodeGroup,
  node: MapNode,
  input: GivenInput,
): Promise<MapPlanned> {
  const { openPaths, certain } = input;
  const untold = (why: string): MapPlanned => ({
    verdict: 'undecided',
    message: `cannot be told: ${why}`,
    openPaths,
    output: { kind: 'open' },
  });
  if (!('value' in input)) return untold('its list is not known before other steps have executed');
  const keyed = keyedItems(node, group.scope, input);
  if (typeof keyed === 'string')
    return certain
      ? {
          verdict: 'miss',
          reason: 'invalid',
          message: `it will fail: ${keyed}`,
          openPaths,
          output: { kind: 'open' },
        }
      : untold(`with what came before it would fail: ${keyed}`);
  const own = group.nameOf(node.id);
  const plans = await planGroups(
    context,
    keyed.map(({ key, scope }) => ({
      nodes: node.body,
      scope,
      workflowName: group.workflowName,
      nameOf: id => itemStepId(own, key, id),
      stepIdOf: id => itemStepId(group.stepIdOf(node.id), key, id),
      refreshedAs: id => [...group.refreshedAs(id), ...group.refreshedAs(node.id)],
      given: certain ? group.given : openPaths,
    })),
  );
  const items = keyed.map(({ key }, at) => ({ key, nodes: plans[at]! }));
  const what = `${items.length} ${items.length === 1 ? 'item' : 'items'}${certain ? '' : ', if its list comes out as before'}`;
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
function keyedItems(
  node: MapNode,
  around: Scope,
  { value: list, certain, openPaths }: GivenInput,
): readonly KeyedItem[] | string {
  if (!Array.isArray(list)) return 'what it maps over is no list';
  if (list.length > MOST_ITEMS) return `${list.length} items are more than ${MOST_ITEMS}`;
  const items: KeyedItem[] = [];
  const keys = new Set<string>();
  for (const [at, item] of list.entries()) {
    const scope = new Scope(around);
    const before: Output = { kind: 'open', before: { value: item }, hangsOn: openPaths };
    scope.set(itemStep(node.id), certain ? known(item) : before);
    const key = evaluate(node.key, scope.predicted, { keyed: false });
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
