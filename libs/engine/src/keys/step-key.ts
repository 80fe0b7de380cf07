import { digestOf, keyInput, type Digest, type Json } from '@cairn/canonical';

/** All that a step's result may depend on, and nothing else. Kept with the step, so that it can be explained. */
export interface KeyIngredients {
  readonly format: 'cairn-key/1';
  readonly tenant: string;
  readonly skill: string;
  readonly version: string;
  /** Of the skill's own code; absent when the skill's version alone counts. */
  readonly fingerprint?: string;
  /** Fingerprints of the adapters that serve the skill's ports. */
  readonly ports: Readonly<Record<string, string>>;
  /** Digests of the declared resources, by name. */
  readonly resources: Readonly<Record<string, string>>;
  readonly input: Json;
  /** Of scope `run_only`: the first run of the family that shares results. */
  readonly rootRun?: string;
}

export interface KeyParts {
  readonly tenantId: string;
  readonly skillId: string;
  readonly skillVersion: string;
  readonly fingerprint?: string;
  readonly ports: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, string>>;
  /** Cut to the skill's schema, defaults filled in, without `unkeyed()` fields. */
  readonly input: unknown;
  readonly rootRunId?: string;
}

export interface StepKey {
  readonly cacheKey: Digest;
  /** The digest of the input alone. */
  readonly inputHash: Digest;
  readonly ingredients: KeyIngredients;
}

/**
 * The cache key of a step.
 * @throws NotJsonError when JSON cannot carry the input faithfully.
 */
export function stepKey(parts: KeyParts): StepKey {
  const input = keyInput(parts.input);
  const ingredients: KeyIngredients = {
    // A change of what goes into the key, or how, makes every older entry unreachable instead of wrong.
    format: 'cairn-key/1',
    // No tenant may learn from a hit that another one had the same input.
    tenant: parts.tenantId,
    // Two skills may take the same input; a new version says that the contract has changed.
    skill: parts.skillId,
    version: parts.skillVersion,
    // Changed code may give another result, though nobody raised the version.
    ...(parts.fingerprint !== undefined && { fingerprint: parts.fingerprint }),
    // So may another adapter, model or parameter behind a port.
    ports: parts.ports,
    // Templates, themes and the like, by content; only those that the skill declares.
    resources: parts.resources,
    // What the skill is given. A file stands here with all that the skill can see of it: type, digest, size,
    // filename and metadata.
    input,
    // Scope run_only: the same input in another family of runs is another result.
    ...(parts.rootRunId !== undefined && { rootRun: parts.rootRunId }),
  };
  return { cacheKey: digestOf(ingredients), inputHash: digestOf(input), ingredients };
}
