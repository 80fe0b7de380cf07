import type { Engine } from '../engine.js';
import { CodeChangedError } from '../skills/code-changed-error.js';
import type { PreparedStep } from './prepare-step.js';
import { ScratchFolder } from './scratch-folder.js';
import { skillContext, type ExecutionHooks, type ExecutionNotes } from './skill-context.js';
import { InputDamagedError } from './step-errors.js';
import { storeOutputs, type StoredOutputs } from './store-outputs.js';
import { factsOf, traced } from '../tracer.js';

/**
 * Calls the skill and stores what it gives.
 *
 * @throws InputDamagedError when a file that it asked for was missing or wrong, whatever it made of that;
 *   CodeChangedError when its code was replaced since this process took its fingerprint; otherwise what the skill
 *   threw, the signal's reason, or what {@link storeOutputs} throws
 */
export async function runSkill(
  engine: Engine,
  step: PreparedStep,
  hooks: ExecutionHooks,
): Promise<StoredOutputs> {
  const scratch = new ScratchFolder();
  const notes: ExecutionNotes = { damaged: new Set(), written: new Set(), startedThread: false };
  const { tenantId, runId, stepId, item } = step.request;
  const reporting = { tenantId, runId, stepId, attempt: hooks.attempt, isItem: item !== undefined };
  const reports = engine.reports.begin(reporting);
  const refuseDamage = () => {
    if (notes.damaged.size > 0) throw new InputDamagedError(step.request.stepId, [...notes.damaged]);
  };
  engine.meter?.executing(step.request.skillId, 1);
  try {
    const context = skillContext(step, { engine, scratch, hooks, notes, reports });
    const facts = () => ({ ...factsOf(step.request), 'cairn.attempt': hooks.attempt });
    const output = await traced(engine, 'cairn.skill', facts, () => step.skill.run(context as never));
    refuseDamage();
    hooks.signal.throwIfAborted();
    // A thread's module is read when it starts: what it gave must not be kept under the fingerprint of other code.
    if (notes.startedThread && !(await step.skill.codeUnchanged()))
      throw new CodeChangedError(step.request.skillId, 'a thread that it has started');
    const execution = { written: notes.written, signal: hooks.signal };
    return await traced(engine, 'cairn.store', facts, () => storeOutputs(engine, step, output, execution));
  } catch (error) {
    refuseDamage();
    throw error;
  } finally {
    // Before anything is recorded of its end.
    await engine.reports.end(reports);
    engine.meter?.executing(step.request.skillId, -1);
    await scratch.remove();
  }
}
