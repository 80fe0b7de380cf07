import { ValidationError } from '@cairn/dto';
import { evaluate, references, UNKNOWN, type ChildNode, type RefExpr } from '@cairn/pipeline';
import { shapeTrigger } from '../runs/shape-trigger.js';
import type { NodePlan } from './node-plan.js';
import type { PlanContext } from './plan-context.js';
import { planGroups, type GivenInput, type NodeGroup } from './plan-graph.js';
import { known, Scope, type Output } from './scope.js';
import { summary } from './summary.js';

type ChildPlan = Pick<NodePlan, 'verdict' | 'reason' | 'message' | 'output' | 'openPaths' | 'inner'>;

/** Plans the run of another workflow within this one, from the trigger that it would get. */
export async function planChild(
  context: PlanContext,
  group: NodeGroup,
  node: ChildNode,
  input: GivenInput,
): Promise<ChildPlan> {
  const workflow = context.catalog.workflow(node.workflow, node.workflowVersion);
  const name = `${node.workflow} ${node.workflowVersion}`;
  const { openPaths, certain } = input;
  const untold = (why: string): ChildPlan => ({
    verdict: 'undecided',
    message: `cannot be told: ${why}`,
    openPaths,
    output: { kind: 'open' },
  });
  if (!workflow) return untold(`this installation does not have ${name}`);
  if (!('value' in input)) return untold('there is no earlier execution to go by');
  try {
    const subject = `The trigger of ${workflow.name}, which ${node.id} starts,`;
    const trigger = shapeTrigger(context.triggerServices, workflow, input.value, subject);
    const scope = new Scope();
    const open: Output = { kind: 'open', before: { value: trigger }, hangsOn: openPaths };
    scope.set('$trigger', certain ? known(trigger) : open);
    scope.set('$run', known(context.facts));
    const { graph } = workflow;
    const own = group.nameOf(node.id);
    const [inner = []] = await planGroups(context, [
      {
        nodes: graph.steps,
        scope,
        workflowName: graph.name,
        nameOf: id => `${own}/${id}`,
        stepIdOf: id => id,
        // It is refreshed as a whole, with the step that starts it.
        refreshedAs: () => group.refreshedAs(node.id),
        given: certain ? [] : openPaths,
      },
    ]);
    return {
      ...summary(inner, `the run of ${name}`),
      openPaths,
      inner,
      output: outputOf(scope, graph.output, references(graph.output)),
    };
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return certain
      ? {
          verdict: 'miss',
          reason: 'invalid',
          message: `it will fail: ${error.message}`,
          openPaths: [],
          output: { kind: 'open' },
        }
      : untold(`with what came before it would fail: ${error.message}`);
  }
}

/** What a graph gives: certain, or what it would be if what it hangs on comes out as before. */
function outputOf(scope: Scope, expr: Parameters<typeof evaluate>[0], refs: readonly RefExpr[]): Output {
  const certain = evaluate(expr, scope.known, { keyed: false });
  if (certain !== UNKNOWN) return known(certain);
  const before = evaluate(expr, scope.predicted, { keyed: false });
  return before === UNKNOWN
    ? { kind: 'open' }
    : { kind: 'open', before: { value: before }, hangsOn: scope.openPaths(refs) };
}
