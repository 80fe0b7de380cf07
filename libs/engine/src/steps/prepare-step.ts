import { NotJsonError } from '@cairn/canonical';
import { compile, cutTo, ValidationError, withDefaults } from '@cairn/dto';
import type { StepRequest } from '@cairn/pipeline';
import { stepKey, type StepKey } from '../keys/step-key.js';
import type { LoadedResource, ResourceLibrary } from '../resources/resource-library.js';
import type { RunnableSkill, SkillRegistry } from '../skills/skill-registry.js';

/** A step as this worker would execute it. */
export interface PreparedStep {
  readonly request: StepRequest;
  readonly skill: RunnableSkill;
  /** What the skill gets: cut to its schema, defaults filled in, valid. */
  readonly input: unknown;
  readonly resources: Readonly<Record<string, LoadedResource>>;
  readonly key: StepKey;
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
  const { spec } = skill.skill;
  const shaped = (value: unknown) => withDefaults(spec.input, cutTo(spec.input, value));
  const keyed = shaped(request.keyedInput);
  const input = request.fullInput === undefined ? keyed : shaped(request.fullInput);
  compile(spec.input).parse(input, `The input of ${request.stepId}`);
  const resources = await library.load(spec.resources ?? {}, input);
  try {
    const key = stepKey({
      tenantId: request.tenantId,
      skillId: request.skillId,
      skillVersion: request.skillVersion,
      ports: skill.ports,
      resources: Object.fromEntries(Object.entries(resources).map(([name, { digest }]) => [name, digest])),
      input: keyed,
      ...(spec.code !== 'version' && { fingerprint: skill.fingerprint }),
      ...(request.policy.cache === 'run_only' && { rootRunId: request.rootRunId }),
    });
    return { request, skill, input, resources, key };
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    const issue = { path: error.path, code: 'VALIDATION_ERROR', message: error.rule };
    throw new ValidationError([issue], `The input of ${request.stepId}`);
  }
}
