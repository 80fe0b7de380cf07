import type { Issue } from '@cairn/dto';
import type { AnySkill, ExecutionPolicy, Skill } from '@cairn/skill-kit';
import type { Static, TSchema } from 'typebox';
import { references } from './expression.js';
import { dependencies, type Graph, type StepNode } from './graph.js';
import { makeRef, ReferenceMisuse, toExpr, type In, type Plain, type Ref } from './reference.js';
import { resolvePolicy } from './resolve-policy.js';

/** Facts of the run that a definition may refer to. */
export interface RunFacts {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
  readonly tenant: string;
}

/** When a step runs, and each field of its skill's policy that it wants otherwise, those of `retry` one by one. */
export interface StepOptions extends ExecutionPolicy {
  readonly when?: Ref<boolean>;
  readonly after?: readonly Ref<unknown>[];
}

/** The input's type is the skill's alone: inferred from the argument too, it would take misspelt optional fields. */
export interface Builder {
  readonly run: Ref<RunFacts>;
  /** A step that may be left out: its output may be absent, and the compiler says so. */
  step<I, O>(
    id: string,
    skill: Skill<I, O>,
    input: NoInfer<In<I>>,
    options: StepOptions & { readonly when: Ref<boolean> },
  ): Ref<O | undefined>;
  /** A step: runs when all that its input refers to is known. */
  step<I, O>(id: string, skill: Skill<I, O>, input: NoInfer<In<I>>, options?: StepOptions): Ref<O>;
}

/** What rules of a trigger may ask of the installation. */
export interface TriggerServices {
  /** The value of a JSON resource such as `themes/neon_arcade/theme.json`; undefined where there is none. */
  resource(path: string): unknown;
}
/** Rules beyond the trigger's schema, checked before a run exists. Pure. */
export type TriggerRules<T> = (trigger: T, services: TriggerServices) => readonly Issue[];

export interface WorkflowHead<S extends TSchema> {
  /** e.g. `campaign.build`; the Temporal workflow type. */
  readonly name: string;
  readonly version: string;
  readonly title?: string;
  readonly trigger: S;
  readonly rules?: TriggerRules<Static<S>>;
  /** Values by which operators find a run in Temporal's UI, by name. */
  readonly search?: Readonly<Record<string, (trigger: Ref<Static<S>>) => Ref<string>>>;
}

export interface Workflow<T = unknown, O = unknown> {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly trigger: TSchema;
  readonly rules: TriggerRules<T>;
  readonly graph: Graph;
  /** The declared skills by id. */
  readonly skills: ReadonlyMap<string, AnySkill>;
  readonly _output?: O;
}
/** Any workflow, where its contract does not matter. */
export type AnyWorkflow = Workflow<never>;

const NAME = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$/;
const STEP_ID = /^[a-z][a-z0-9_]{0,63}$/;
const VERSION = /^\d+\.\d+\.\d+$/;

/**
 * Declares a workflow: `build` is called once, now, with references instead of values, and what it returns is the
 * output. Nothing is executed.
 *
 * @throws ReferenceMisuse or TypeError, naming workflow and step, for a step defined twice, a name that is not of
 *   its form, a reference to another workflow's step, or a reference used as a value.
 */
export function defineWorkflow<S extends TSchema, R>(
  head: WorkflowHead<S>,
  build: (w: Builder, trigger: Ref<Static<S>>) => R,
): Workflow<Static<S>, Plain<R>> {
  const where = (step?: string) => `${head.name}${step === undefined ? '' : `, step "${step}"`}`;
  if (!NAME.test(head.name))
    throw new TypeError(`A workflow's name is like campaign.build, not "${head.name}"`);
  if (!VERSION.test(head.version))
    throw new TypeError(`${where()}: the version is like 1.0.0, not "${head.version}"`);

  const steps: StepNode[] = [];
  const skills = new Map<string, AnySkill>();
  const known = new Set<string>(['$trigger', '$run']);
  const trigger = makeRef<Static<S>>({ $: 'ref', step: '$trigger', path: [] });

  const refuseStrangers = (subject: string, named: readonly string[]) => {
    for (const step of named)
      if (!known.has(step))
        throw new ReferenceMisuse(`${subject} refers to "${step}", a step of another workflow`);
  };
  const addStep = (id: string, skill: Skill, input: unknown, options: StepOptions = {}) => {
    if (!STEP_ID.test(id)) throw new TypeError(`${where(id)}: a step's id is [a-z][a-z0-9_]{0,63}`);
    if (known.has(id)) throw new TypeError(`${where(id)} is defined twice`);
    const other = skills.get(skill.id);
    if (other && other.version !== skill.version)
      throw new TypeError(
        `${where(id)}: ${skill.id} is used in versions ${other.version} and ${skill.version}`,
      );
    const node = nodeOf(id, skill as unknown as AnySkill, input, options);
    refuseStrangers(where(id), dependencies(node));
    skills.set(skill.id, skill as unknown as AnySkill);
    known.add(id);
    steps.push(node);
    return makeRef({ $: 'ref', step: id, path: [] });
  };
  const nodeOf = (id: string, skill: AnySkill, input: unknown, options: StepOptions): StepNode => {
    try {
      const after = (options.after ?? []).flatMap(ref => references(toExpr(ref)).map(r => r.step));
      return {
        kind: 'step',
        id,
        skill: skill.id,
        skillVersion: skill.version,
        input: toExpr(input),
        ...(options.when !== undefined && { when: toExpr(options.when) }),
        ...(after.length > 0 && { after }),
        policy: resolvePolicy(skill, options),
      };
    } catch (error) {
      throw new ReferenceMisuse(`${where(id)}: ${(error as Error).message}`, { cause: error });
    }
  };

  const builder = { run: makeRef<RunFacts>({ $: 'ref', step: '$run', path: [] }), step: addStep } as Builder;
  const output = within(where(), () => toExpr(build(builder, trigger)));
  refuseStrangers(
    `${where()}, output`,
    references(output).map(({ step }) => step),
  );
  const search = Object.entries(head.search ?? {}).map(
    ([key, of]) => [key, within(`${where()}, search ${key}`, () => toExpr(of(trigger)))] as const,
  );
  const graph: Graph = {
    format: 'cairn-graph/1',
    name: head.name,
    version: head.version,
    steps,
    output,
    search: Object.fromEntries(search),
  };
  return {
    name: head.name,
    version: head.version,
    title: head.title ?? head.name,
    trigger: head.trigger,
    rules: head.rules ?? (() => []),
    // Through JSON once, so that what runs is what is stored.
    graph: JSON.parse(JSON.stringify(graph)) as Graph,
    skills,
  };
}

function within<T>(subject: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ReferenceMisuse && !error.message.startsWith(subject))
      throw new ReferenceMisuse(`${subject}: ${error.message}`, { cause: error });
    throw error;
  }
}
