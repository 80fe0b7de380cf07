import { fileURLToPath } from 'node:url';
import { resourceRoot } from '@cairn/campaign-kit';
import { builtInAdapters } from '@cairn/providers';
import type { SkillImplementation } from '@cairn/skill-kit';
import { runSkill, type SkillListener, type SkillRun } from '@cairn/skill-kit/testing';
import type { SkillInput } from './read-skill-input.js';

/**
 * Runs a skill as a worker would, with the adapters and the resources of this installation; what it writes is kept in
 * memory.
 *
 * @throws ValidationError for the input, the skill's own errors, the reason of an aborted signal.
 */
export function runForReal(
  implementation: SkillImplementation,
  { input, files }: SkillInput,
  signal: AbortSignal,
  listener: SkillListener,
): Promise<SkillRun<unknown>> {
  return runSkill(implementation, {
    input,
    files,
    adapters: builtInAdapters,
    resourceRoot: fileURLToPath(resourceRoot),
    signal,
    listener,
  });
}
