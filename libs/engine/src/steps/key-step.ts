import { NotJsonError } from '@cairn/canonical';
import { compile, cutTo, ValidationError, withDefaults } from '@cairn/dto';
import type { StepRequest } from '@cairn/pipeline';
import type { KeyedSkill } from '../keys/keyed-skill.js';
import { stepKey, type StepKey } from '../keys/step-key.js';
import type { LoadedResource, ResourceLibrary } from '../resources/resource-library.js';

/** What of a request goes into its key. */
export type KeyRequest = Pick<
  StepRequest,
  'tenantId' | 'rootRunId' | 'stepId' | 'skillId' | 'skillVersion' | 'keyedInput' | 'fullInput' | 'policy'
>;

/** A step with its key, for which nobody needs the skill's code. */
export interface KeyedStep {
  /** What the skill gets: cut to its schema, defaults filled in, valid. */
  readonly input: unknown;
  readonly resources: Readonly<Record<string, LoadedResource>>;
  readonly key: StepKey;
}

/**
 * Cuts and checks a step's input, loads its resources and makes its key. The one way to a key: of those who execute
 * and of those who plan.
 *
 * @throws CairnError, terminal, when the input is not valid or a resource is missing.
 */
export async function keyStep(
  request: KeyRequest,
  skill: KeyedSkill,
  library: ResourceLibrary,
): Promise<KeyedStep> {
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
    return { input, resources, key };
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    const issue = { path: error.path, code: 'VALIDATION_ERROR', message: error.rule };
    throw new ValidationError([issue], `The input of ${request.stepId}`);
  }
}
