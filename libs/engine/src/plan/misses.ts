import type { http } from '@cairn/dto';
import { changesBetween } from '../explain/changes.js';
import { comparedWith, isAt, type KnownExecution } from '../explain/earlier-executions.js';
import type { StepKey } from '../keys/step-key.js';
import type { KeptResult } from './find-results.js';
import { policyOf } from './key-task.js';
import type { StepTask } from './node-plan.js';
import type { PlanContext } from './plan-context.js';
import { skillName } from './planned-skills.js';

/** Why a step executes. */
export interface Miss {
  readonly reason: http.MissReason;
  readonly message: string;
  readonly changes: readonly http.StepChange[];
  readonly against?: http.ComparedWith;
  /** The execution whose result it can be expected to give again. */
  readonly nearest?: KnownExecution;
}

/** Whether the run asks for this step to be executed. */
export function isRefreshed({ refreshedAs }: StepTask, { options: { refresh } }: PlanContext): boolean {
  return refresh === true || refreshedAs.some(name => refresh?.includes(name));
}

/**
 * Why a step executes whatever its input: what earlier runs have left is of no use to it. Undefined where that is not
 * so.
 */
export function certainMiss(
  task: StepTask,
  context: PlanContext,
): Pick<Miss, 'reason' | 'message'> | undefined {
  const { cache } = policyOf(task, context);
  if (context.options.bypass) return { reason: 'bypass', message: 'the run bypasses the cache' };
  if (cache === 'never') return { reason: 'never_cached', message: 'its results are never kept' };
  if (isRefreshed(task, context)) return { reason: 'refresh', message: 'the run refreshes it' };
  if (cache === 'run_only')
    return {
      reason: 'run_only',
      message: 'its results are shared by a run and its second tries only, and this is another run',
    };
  if (!context.kept.has(task.node.skill))
    return { reason: 'evicted', message: `no result of ${task.node.skill} is kept any more` };
  return undefined;
}

/** Why there is no result for a key, against the nearest earlier execution. */
export async function missOf(
  task: StepTask,
  key: StepKey,
  kept: Exclude<KeptResult, { kind: 'usable' }> | undefined,
  context: PlanContext,
): Promise<Miss> {
  const { node, place } = task;
  const nearest = await context.executions.nearest(place, key);
  if (!nearest)
    return { reason: 'first_time', message: `${node.skill} was not executed before`, changes: [] };
  const skill = context.skills.get(skillName({ skillId: node.skill, version: node.skillVersion }))?.declared;
  const changes = await changesBetween(nearest.keyIngredients, key.ingredients, skill, context.registrations);
  const compared = { changes, nearest, against: comparedWith(nearest, place) };
  const certain = certainMiss(task, context);
  if (certain && certain.reason !== 'evicted') return { ...certain, ...compared };
  if (kept?.kind === 'expired') return { reason: 'expired', message: 'its result has expired', ...compared };
  if (kept?.kind === 'bytes_gone')
    return { reason: 'bytes_gone', message: 'the bytes of its result are gone', ...compared };
  const [first] = changes;
  if (!first) return { reason: 'evicted', message: 'its result is not in the cache any more', ...compared };
  const others = changes.length > 1 ? `; and ${changes.length - 1} more` : '';
  return { reason: 'changed', message: `${first.message}${others}`, ...compared };
}

/** The execution that a step can be expected to repeat: the nearest, if it is of this very step, or of the same key. */
export function repeated({ place }: StepTask, { nearest, changes }: Miss): KnownExecution | undefined {
  return nearest && (changes.length === 0 || isAt(nearest, place)) ? nearest : undefined;
}
