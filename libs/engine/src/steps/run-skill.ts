import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engine.js';
import type { PreparedStep } from './prepare-step.js';
import { skillContext, type ExecutionHooks } from './skill-context.js';
import { InputDamagedError } from './step-errors.js';
import { storeOutputs, type StoredOutputs } from './store-outputs.js';

/**
 * Calls the skill and stores what it gives.
 *
 * @throws InputDamagedError when a file that it asked for was missing or wrong, whatever it made of that; otherwise
 *   what the skill threw, the signal's reason, or what {@link storeOutputs} throws
 */
export async function runSkill(
  engine: Engine,
  step: PreparedStep,
  hooks: ExecutionHooks,
): Promise<StoredOutputs> {
  const tmp = await mkdtemp(join(tmpdir(), 'cairn-step-'));
  const damaged = new Set<string>();
  const refuseDamage = () => {
    if (damaged.size > 0) throw new InputDamagedError(step.request.stepId, [...damaged]);
  };
  try {
    const context = skillContext(step, { engine, tmp, hooks, damaged });
    const output = await step.skill.run(context as never);
    refuseDamage();
    hooks.signal.throwIfAborted();
    return await storeOutputs(engine, step, output);
  } catch (error) {
    refuseDamage();
    throw error;
  } finally {
    await rm(tmp, { recursive: true, force: true });
  }
}
