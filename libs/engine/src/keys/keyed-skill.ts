import type { AnySkill } from '@cairn/skill-kit';

/**
 * A skill as keys see it: what it declares, and the fingerprints of what executes it. A worker has them of itself; who
 * plans has them from a worker's registration.
 */
export interface KeyedSkill {
  readonly skill: AnySkill;
  readonly fingerprint: string;
  /** Fingerprints of the adapters that serve its ports, by port. */
  readonly ports: Readonly<Record<string, string>>;
}
