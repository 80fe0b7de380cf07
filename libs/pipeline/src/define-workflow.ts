import type { Issue } from '@cairn/dto';
import type { AnySkill } from '@cairn/skill-kit';
import type { Static, TSchema } from 'typebox';
import type { Builder } from './builder.js';
import { references } from './expression.js';
import { GraphBuilder } from './graph-builder.js';
import type { Graph } from './graph.js';
import { makeRef, ReferenceMisuse, toExpr, type Plain, type Ref } from './reference.js';

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
/** Workflows of the interpreter itself, such as that of a map. */
const OWN = 'cairn.';
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
  build: (w: Builder, trigger: Ref<NoInfer<Static<S>>>) => R,
): Workflow<Static<S>, Plain<R>> {
  if (!NAME.test(head.name))
    throw new TypeError(`A workflow's name is like campaign.build, not "${head.name}"`);
  if (head.name.startsWith(OWN))
    throw new TypeError(`${head.name}: names that begin with ${OWN} are the engine's own`);
  if (!VERSION.test(head.version))
    throw new TypeError(`${head.name}: the version is like 1.0.0, not "${head.version}"`);

  const builder = new GraphBuilder(head.name);
  const trigger = makeRef<Static<S>>({ $: 'ref', step: '$trigger', path: [] });
  const output = within(head.name, () => toExpr(build(builder as unknown as Builder, trigger)));
  builder.refuseStrangers(
    `${head.name}, output`,
    references(output).map(({ step }) => step),
  );
  const search = Object.entries(head.search ?? {}).map(
    ([key, of]) => [key, within(`${head.name}, search ${key}`, () => toExpr(of(trigger)))] as const,
  );
  const graph: Graph = {
    format: 'cairn-graph/1',
    name: head.name,
    version: head.version,
    steps: builder.steps,
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
    skills: builder.skills,
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
