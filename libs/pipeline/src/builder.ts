import type { ExecutionPolicy, Skill } from '@cairn/skill-kit';
import type { Workflow } from './define-workflow.js';
import type { In, Plain, Ref } from './reference.js';

/** Facts of the run that a definition may refer to. */
export interface RunFacts {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
  readonly tenant: string;
}

/** When a node has its turn. */
export interface NodeOptions {
  /** It is left out unless this is true. */
  readonly when?: Ref<boolean>;
  /** It waits for these though nothing of them is read. */
  readonly after?: readonly Ref<unknown>[];
}
type Conditional = { readonly when: Ref<boolean> };

/** When a step runs, and each field of its skill's policy that it wants otherwise, those of `retry` one by one. */
export interface StepOptions extends ExecutionPolicy, NodeOptions {}

/** How a list is mapped over. */
export interface MapOptions<T> extends NodeOptions {
  /** An item's name, unique in the list: results belong to it whatever the item's place. */
  readonly key: (item: Ref<T>) => Ref<string>;
  /** Items under way at once, 1 to 200; 10 unless told. */
  readonly parallel?: number;
  /** `stop`, unless told: the first item that fails for good fails the map; `collect`: failures are part of its result. */
  readonly failures?: 'stop' | 'collect';
}

/** What a map gives that collects failures. */
export interface Collected<R> {
  /** What came of the items that went well, in the order of the list. */
  readonly ok: R[];
  readonly failed: { readonly key: string; readonly code: string; readonly message: string }[];
}

/** Of what a gate waits for. */
export interface GateOptions extends NodeOptions {
  /** What the decision is about: it is bound to exactly this. */
  readonly show: In<unknown>;
  /** Who may decide, e.g. `approver`. */
  readonly role: string;
  /** For how long it waits, e.g. `3d`. */
  readonly within: string;
  /** What happens when nobody decides in time. */
  readonly otherwise: 'approve' | 'reject';
}

/** What a gate gives. */
export interface Verdict {
  readonly approved: boolean;
  /** Who decided; absent when the deadline did. */
  readonly by?: string;
  readonly comment?: string;
  /** True when the deadline has decided. */
  readonly expired?: boolean;
}

/**
 * What a definition is written with. A node with `when` may be left out: its output may be absent then, and the
 * compiler says so. The input's type is the skill's alone: inferred from the argument too, it would take misspelt
 * optional fields.
 */
export interface Builder {
  readonly run: Ref<RunFacts>;
  step<I, O>(
    id: string,
    skill: Skill<I, O>,
    input: NoInfer<In<I>>,
    options: StepOptions & Conditional,
  ): Ref<O | undefined>;
  /** A step: runs when all that its input refers to is known. */
  step<I, O>(id: string, skill: Skill<I, O>, input: NoInfer<In<I>>, options?: StepOptions): Ref<O>;

  child<T, O>(
    id: string,
    workflow: Workflow<T, O>,
    trigger: NoInfer<In<T>>,
    options: NodeOptions & Conditional,
  ): Ref<O | undefined>;
  /** A run of another workflow, linked to this one; gives its output. */
  child<T, O>(id: string, workflow: Workflow<T, O>, trigger: NoInfer<In<T>>, options?: NodeOptions): Ref<O>;

  map<T, R>(
    id: string,
    list: Ref<readonly T[]>,
    options: MapOptions<T> & { readonly failures: 'collect' },
    body: (item: Ref<T>) => R,
  ): Ref<Collected<Plain<R>>>;
  /** The same steps and children for each item of a list that is known only when the run gets there. */
  map<T, R>(
    id: string,
    list: Ref<readonly T[]>,
    options: MapOptions<T> & { readonly failures?: 'stop' },
    body: (item: Ref<T>) => R,
  ): Ref<Plain<R>[]>;

  gate(id: string, options: GateOptions & Conditional): Ref<Verdict | undefined>;
  /** Waits for somebody's approval. */
  gate(id: string, options: GateOptions): Ref<Verdict>;
}
