import { CairnError } from '@cairn/dto';
import { evaluate, UNKNOWN, unkeyedFields, type StepPolicy } from '@cairn/pipeline';
import type { StepKey } from '../keys/step-key.js';
import { keyStep, type KeyRequest } from '../steps/key-step.js';
import { keyedReferences } from './keyed-references.js';
import type { StepTask } from './node-plan.js';
import type { PlanContext } from './plan-context.js';
import { skillName } from './planned-skills.js';
import type { OpenPath } from './scope.js';

/** The key of a step, as far as it can be told. */
export type TaskKey =
  /** `hangsOn`: it is this one if these come out as before; nothing where it is certain. */
  | { readonly kind: 'key'; readonly key: StepKey; readonly hangsOn: readonly OpenPath[] }
  /** The step will fail with this. */
  | { readonly kind: 'invalid'; readonly message: string }
  | { readonly kind: 'open'; readonly message: string; readonly hangsOn: readonly OpenPath[] };

/** The policy that a run's options leave of a step's. */
export function policyOf({ node }: StepTask, { options }: PlanContext): StepPolicy {
  return options.bypass ? { ...node.policy, cache: 'never' } : node.policy;
}

/** Makes the key of a step whose turn it is: of its input where that is known, else of what it would be. */
export async function keyTask(context: PlanContext, task: StepTask): Promise<TaskKey> {
  const { node, scope } = task;
  const hangsOn = scope.openPaths(keyedReferences(node.input));
  const { keyed: skill, view } =
    context.skills.get(skillName({ skillId: node.skill, version: node.skillVersion })) ?? {};
  if (!skill) return { kind: 'open', hangsOn, message: view?.message ?? `${node.skill} is not known` };
  try {
    const certain = evaluate(node.input, scope.known, { keyed: true });
    const keyedInput = certain === UNKNOWN ? evaluate(node.input, scope.predicted, { keyed: true }) : certain;
    const fullInput =
      unkeyedFields(node).length > 0 ? evaluate(node.input, scope.predicted, { keyed: false }) : undefined;
    if (keyedInput === UNKNOWN || fullInput === UNKNOWN)
      return { kind: 'open', hangsOn, message: 'there is no earlier execution to go by' };
    const { key } = await keyStep(requestOf(context, task, keyedInput, fullInput), skill, context.resources);
    return { kind: 'key', key, hangsOn: certain === UNKNOWN ? hangsOn : [] };
  } catch (error) {
    // Operators of expressions take values that they cannot deal with for a mistake of the definition.
    if (!(error instanceof CairnError || error instanceof TypeError)) throw error;
    const { message } = error;
    return hangsOn.length > 0
      ? { kind: 'open', hangsOn, message: `with what came before it would fail: ${message}` }
      : { kind: 'invalid', message };
  }
}

function requestOf(
  context: PlanContext,
  task: StepTask,
  keyedInput: unknown,
  fullInput: unknown,
): KeyRequest {
  const { node, name } = task;
  return {
    tenantId: context.tenantId,
    // A run that there would be is the first of its family.
    rootRunId: context.facts.id,
    stepId: name,
    skillId: node.skill,
    skillVersion: node.skillVersion,
    keyedInput,
    ...(fullInput !== undefined && { fullInput }),
    policy: policyOf(task, context),
  };
}
