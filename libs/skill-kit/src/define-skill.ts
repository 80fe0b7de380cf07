import type { Static, TSchema, TUnsafe } from 'typebox';
import { checkConcurrency, checkPolicy, DEFAULT_QUEUE, type ExecutionPolicy } from './policy.js';
import type { PortName } from './ports.js';
import type { Resources } from './resources.js';

/** What a skill is, without what it does. Pure: workflows, the API and the worker all read it. */
export interface SkillSpec<
  I extends TSchema = TSchema,
  O extends TSchema = TSchema,
  U extends PortName = PortName,
  R extends Resources = Resources,
> extends ExecutionPolicy {
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
  /**
   * At most so many at once in one worker process. Gives the skill a queue of its own, named after its id unless
   * `queue` says otherwise: what waits for its turn holds nobody else's place.
   */
  readonly concurrency?: number;
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
 * @throws TypeError naming skill, field and rule when a part of the declaration is not of its form.
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
  try {
    checkPolicy(spec);
    if (spec.concurrency !== undefined) {
      checkConcurrency(spec.concurrency);
      if (queueOf(spec) === DEFAULT_QUEUE)
        throw new TypeError(
          `concurrency needs a queue of its own, not ${DEFAULT_QUEUE}, which serves others`,
        );
    }
  } catch (error) {
    throw new TypeError(`${spec.id}: ${(error as Error).message}`, { cause: error });
  }
  return { id: spec.id, version: spec.version, spec };
}

/** The schema of what a skill is given, with its type: for a workflow's trigger that passes it on. */
export function inputOf<I>(skill: Skill<I, unknown>): TUnsafe<I> {
  return skill.spec.input as unknown as TUnsafe<I>;
}

/** The queue in which a skill waits, unless a step asks for another one. */
export function queueOf({ id, queue, concurrency }: Pick<SkillSpec, 'id' | 'queue' | 'concurrency'>): string {
  return queue ?? (concurrency === undefined ? DEFAULT_QUEUE : id.replaceAll('_', '-'));
}
