import type { AnySkill } from '@cairn/skill-kit';
import type { Fingerprint } from '../keys/fingerprint.js';

/** What a fingerprint consists of, so that two of them can be compared when they differ. */
export interface RegisteredCode {
  readonly fingerprint: string;
  /** Digests of the bundles: the module's own, then those of its threads. */
  readonly code: readonly string[];
  /** Versions of all npm packages behind it, by name; several of one name with a space between. */
  readonly packages: Readonly<Record<string, string>>;
  /** The digest of which package gets which of these versions. */
  readonly resolutions: string;
}

/** The adapter that serves a port. */
export interface RegisteredPort extends RegisteredCode {
  /** The adapter's id, e.g. `stub`. */
  readonly adapter: string;
  readonly model?: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}

/** A skill as one build of a worker executes it: plain JSON, the same for the same code wherever it is installed. */
export interface SkillRegistration extends RegisteredCode {
  readonly skillId: string;
  readonly version: string;
  /** Task queue; absent where it is the default one. */
  readonly queue?: string;
  readonly ports: Readonly<Record<string, RegisteredPort>>;
  /** The declared resources by name; their digests depend on a step's input. */
  readonly resourcesDeclared: Readonly<Record<string, { readonly kind: string; readonly path: string }>>;
}

export function registrationOf(
  skill: AnySkill,
  { digest, code, packages, resolutions }: Fingerprint,
  ports: Readonly<Record<string, RegisteredPort>>,
): SkillRegistration {
  const { queue, resources = {} } = skill.spec;
  return {
    skillId: skill.id,
    version: skill.version,
    ...(queue !== undefined && { queue }),
    fingerprint: digest,
    code,
    packages,
    resolutions,
    ports,
    resourcesDeclared: Object.fromEntries(
      Object.entries(resources).map(([name, { kind, path }]) => [name, { kind, path }]),
    ),
  };
}
