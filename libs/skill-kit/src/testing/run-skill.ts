import { jcs } from '@cairn/canonical';
import type { Skill } from '../define-skill.js';
import type { SkillImplementation } from '../implement-skill.js';
import { checkOutput, findArtifacts } from '../outputs.js';
import { createTestSkillContext, type TestReports, type TestSettings } from './test-context.js';
import type { TestFiles } from './test-files.js';

/** What a skill gave, valid by its schema, with the bytes behind its file references. */
export interface SkillRun<O> {
  readonly output: O;
  /** `files.get(output.track)` gives the bytes. */
  readonly files: TestFiles;
  readonly reports: TestReports;
}

/**
 * Runs a skill once, and judges its output as the engine does: it must fit the skill's schema and the bound on
 * values, and every file in it must have been written or given.
 *
 * @throws ValidationError for the input, TerminalError OUTPUT_INVALID or OUTPUT_TOO_LARGE, what the skill throws, and
 *   the reason of an aborted signal.
 */
export async function runSkill<O>(
  implementation: SkillImplementation<O>,
  settings: TestSettings,
): Promise<SkillRun<O>> {
  const skill = implementation.skill as unknown as Skill;
  const { context, files, reports, dispose } = await createTestSkillContext(skill, settings);
  try {
    const output = await implementation.run(context as never);
    context.signal.throwIfAborted();
    checkOutput(skill.id, skill.spec.output, output);
    for (const found of findArtifacts(skill.spec.output, output))
      if (found.kind === 'file' && !files.has(found.file))
        throw new Error(`${skill.id} returned ${found.name}, a file that it did not write`);
    return { output, files, reports };
  } finally {
    await dispose();
  }
}

/**
 * Runs a skill twice, each time in a folder of its own, and gives the first run.
 *
 * File references carry digests, so equal outputs are equal bytes.
 * @throws Error with both outputs when the second differs: the skill reads something that is not in its key.
 */
export async function runSkillTwice<O>(
  implementation: SkillImplementation<O>,
  settings: TestSettings,
): Promise<SkillRun<O>> {
  const first = await runSkill(implementation, settings);
  const second = await runSkill(implementation, settings);
  const [a, b] = [jcs(first.output), jcs(second.output)];
  if (a !== b) throw new Error(`${implementation.skill.id} gave two results for the same input:\n${a}\n${b}`);
  return first;
}
