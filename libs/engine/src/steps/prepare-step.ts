import type { StepRequest } from '@cairn/pipeline';
import type { ResourceLibrary } from '../resources/resource-library.js';
import type { RunnableSkill, SkillRegistry } from '../skills/skill-registry.js';
import { keyStep, type KeyedStep } from './key-step.js';

/** A step as this worker would execute it. */
export interface PreparedStep extends KeyedStep {
  readonly request: StepRequest;
  readonly skill: RunnableSkill;
}

/**
 * Cuts and checks a step's input, loads its resources and makes its key, with this process's own fingerprints.
 * @throws CairnError, terminal, when the skill is not here, the input is not valid or a resource is missing.
 */
export async function prepareStep(
  request: StepRequest,
  skills: SkillRegistry,
  library: ResourceLibrary,
): Promise<PreparedStep> {
  const skill = skills.get(request.skillId, request.skillVersion);
  return { request, skill, ...(await keyStep(request, skill, library)) };
}
