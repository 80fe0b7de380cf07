import { itemStepId, unkeyedFields, type BodyNode, type GraphNode, type StepNode } from './graph.js';
import { mergePatch } from './merge-patch.js';
import type { ItemName, RunRef, RunSetting, StepRequest } from './protocol.js';
import type { Walk } from './walk.js';

/** Where a step is done. */
export interface RequestContext {
  readonly run: RunRef;
  /** Temporal's id of the workflow that asks: whom to wake. */
  readonly workflowId: string;
  readonly setting: RunSetting;
  /** Where it is done for an item of a map. */
  readonly item?: ItemName;
}

/** What an activity is told to do a step, whose inputs are known. */
export function stepRequest(
  { run, workflowId, setting, item }: RequestContext,
  walk: Walk | Walk<BodyNode>,
  node: StepNode,
): StepRequest {
  const { workflowName, options, rootRunId, facts, inputEdits } = setting;
  const { refresh, bypass } = options;
  const names = item ? [node.id, item.mapStepId] : [node.id];
  const refreshed = refresh === true || names.some(name => refresh?.includes(name));
  const edit = item ? undefined : inputEdits?.[node.id];
  const input = (keyed: boolean) => {
    const value = (walk as Walk<GraphNode>).input(node, { keyed });
    return edit === undefined ? value : mergePatch(value, edit);
  };
  return {
    runId: run.runId,
    tenantId: run.tenantId,
    rootRunId,
    workflowId,
    workflowName,
    stepId: item ? itemStepId(item.mapStepId, item.key, node.id) : node.id,
    ...(item && { item }),
    skillId: node.skill,
    skillVersion: node.skillVersion,
    keyedInput: input(true),
    ...(unkeyedFields(node).length > 0 && { fullInput: input(false) }),
    policy: bypass ? { ...node.policy, cache: 'never' } : node.policy,
    ...(refreshed && { notBefore: facts.created_at }),
  };
}
