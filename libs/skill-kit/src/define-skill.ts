import type { Static, TSchema } from 'typebox';
import type { PortName } from './ports.js';
import type { Resources } from './resources.js';

/** How long a result stays reusable, and for whom. */
export type CachePolicy =
  | 'global'
  | 'run_only'
  | 'never'
  | { readonly scope: 'global' | 'run_only'; /** e.g. `7d`, `12h` */ readonly ttl: string };

export interface RetryPolicy {
  /** How often a step is tried in all, the first time included. */
  readonly attempts: number;
  /** Before the second try, e.g. `1s`; doubles after each. */
  readonly backoff?: string;
}

/** What a skill is, without what it does. Pure: workflows, the API and the worker all read it. */
export interface SkillSpec<
  I extends TSchema = TSchema,
  O extends TSchema = TSchema,
  U extends PortName = PortName,
  R extends Resources = Resources,
> {
  /** `[a-z][a-z0-9_]*`; the Temporal activity type. */
  readonly id: string;
  /** Of the contract; changed code is noticed by itself. */
  readonly version: string;
  readonly title: string;
  readonly description?: string;
  /** The step's input is cut to this schema, its defaults filled in, before it is keyed. */
  readonly input: I;
  readonly output: O;
  readonly uses?: readonly U[];
  readonly resources?: R;
  /** Default `global`. */
  readonly cache?: CachePolicy;
  /** Default three attempts. */
  readonly retry?: RetryPolicy;
  /** Of one attempt, e.g. `5m`; default ten minutes. */
  readonly timeout?: string;
  /** Task queue, where it is not the default one. */
  readonly queue?: string;
  /** `version`: the code's own fingerprint stays out of the key, the version alone counts. */
  readonly code?: 'fingerprint' | 'version';
}

/** A declared skill; the type parameters carry its contract to workflows and to {@link implementSkill}. */
export interface Skill<
  I = unknown,
  O = unknown,
  U extends PortName = PortName,
  R extends Resources = Resources,
> {
  readonly id: string;
  readonly version: string;
  readonly spec: SkillSpec<TSchema, TSchema, U, R>;
  readonly _input?: (input: I) => void;
  readonly _output?: O;
}
/** Any skill, where its contract does not matter. */
export type AnySkill = Skill<never, unknown, PortName, Resources>;

const ID = /^[a-z][a-z0-9_]{0,63}$/;
const VERSION = /^\d+\.\d+\.\d+$/;

/**
 * Declares a skill.
 * @throws TypeError when id or version are not of their form.
 */
export function defineSkill<
  I extends TSchema,
  O extends TSchema,
  const U extends PortName = never,
  const R extends Resources = Record<never, never>,
>(spec: SkillSpec<I, O, U, R>): Skill<Static<I>, Static<O>, U, R> {
  if (!ID.test(spec.id))
    throw new TypeError(`A skill's id is [a-z][a-z0-9_]{0,63}, not ${JSON.stringify(spec.id)}`);
  if (!VERSION.test(spec.version))
    throw new TypeError(`${spec.id}: the version is like 1.0.0, not ${JSON.stringify(spec.version)}`);
  return { id: spec.id, version: spec.version, spec };
}
