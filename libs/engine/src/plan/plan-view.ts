import type { http } from '@cairn/dto';
import type { MapNode } from '@cairn/pipeline';
import type { NodePlan, PlannedItem } from './node-plan.js';
import { countsOf } from './summary.js';
import { pathText } from './scope.js';

/** Items that are named for each verdict. */
const MOST_EXAMPLES = 5;

/** Plans as answers give them: what is inside a child stands behind it. */
export function stepViews(plans: readonly NodePlan[]): http.PlannedStep[] {
  return plans.flatMap(plan => [stepView(plan), ...(plan.inner ? stepViews(plan.inner) : [])]);
}

function stepView(plan: NodePlan): http.PlannedStep {
  const { node, name, verdict, reason, message, openPaths, against, changes } = plan;
  const { hit, sameAs, cacheKey, expectedMs, items } = plan;
  return {
    stepId: name,
    kind: node.kind,
    ...(node.kind === 'step' && { skillId: node.skill }),
    verdict,
    ...(reason && { reason }),
    message,
    openPaths: openPaths.map(pathText),
    ...(against && { against }),
    changes: [...changes],
    ...(hit && { hit }),
    ...(sameAs !== undefined && { sameAs }),
    ...(cacheKey !== undefined && { cacheKey }),
    ...(expectedMs !== undefined && { expectedMs }),
    ...(items && node.kind === 'map' && { itemCount: items.length, items: bodyViews(node, items) }),
  };
}

/** What comes of the items of a map, by node of its body. */
function bodyViews(node: MapNode, items: readonly PlannedItem[]): NonNullable<http.PlannedStep['items']> {
  return node.body.map((body, at) => {
    const plans = items.map(({ key, nodes }) => ({ key, plan: nodes[at]! }));
    const verdicts = [...new Set(plans.map(({ plan }) => plan.verdict))];
    return {
      stepId: body.id,
      ...(body.kind === 'step' && { skillId: body.skill }),
      counts: countsOf(plans.map(({ plan }) => plan)),
      examples: verdicts.map(verdict => {
        const same = plans.filter(({ plan }) => plan.verdict === verdict);
        return {
          verdict,
          keys: same.slice(0, MOST_EXAMPLES).map(({ key }) => key),
          message: same[0]!.plan.message,
        };
      }),
    };
  });
}
