import { durationMs, type AnySkill, type Skill } from '@cairn/skill-kit';
import type { GateOptions, MapOptions, NodeOptions, RunFacts, StepOptions } from './builder.js';
import type { AnyWorkflow } from './define-workflow.js';
import { references, type Expr } from './expression.js';
import {
  dependencies,
  itemStep,
  MOST_PARALLEL,
  type BodyNode,
  type GraphNode,
  type MapNode,
} from './graph.js';
import { makeRef, ReferenceMisuse, toExpr, type Ref } from './reference.js';
import { resolvePolicy } from './resolve-policy.js';

const STEP_ID = /^[a-z][a-z0-9_]{0,63}$/;
const ROLE = /^[a-z][a-z0-9_-]{0,63}$/;
const PARALLEL = 10;
/** A gate waits at least a second and at most a year. Milliseconds. */
const GATE_MS = { least: 1_000, most: 366 * 24 * 60 * 60 * 1_000 };

/** The map whose body is being described. */
interface OpenBody {
  readonly mapId: string;
  readonly nodes: BodyNode[];
}

/** What the calls of a definition add up to. */
export class GraphBuilder {
  readonly steps: GraphNode[] = [];
  readonly skills = new Map<string, AnySkill>();
  readonly run = makeRef<RunFacts>({ $: 'ref', step: '$run', path: [] });
  /** All names that were given, also inside maps. */
  private readonly names = new Set<string>();
  /** What may be referred to from where the definition is now. */
  private readonly visible = new Set(['$trigger', '$run']);
  private body: OpenBody | undefined;

  constructor(private readonly workflow: string) {}

  step(id: string, skill: Skill, input: unknown, options: StepOptions = {}): Ref<unknown> {
    this.claimName(id);
    const declared = skill as unknown as AnySkill;
    const other = this.skills.get(skill.id);
    if (other && other.version !== skill.version)
      throw new TypeError(
        `${this.where(id)}: ${skill.id} is used in versions ${other.version} and ${skill.version}`,
      );
    const node = this.describe(id, () => ({
      kind: 'step' as const,
      id,
      skill: skill.id,
      skillVersion: skill.version,
      input: toExpr(input),
      ...turn(options),
      policy: resolvePolicy(declared, options),
    }));
    this.skills.set(skill.id, declared);
    return this.add(node);
  }

  child(id: string, workflow: AnyWorkflow, trigger: unknown, options: NodeOptions = {}): Ref<unknown> {
    this.claimName(id);
    return this.add(
      this.describe(id, () => ({
        kind: 'child' as const,
        id,
        workflow: workflow.name,
        workflowVersion: workflow.version,
        input: toExpr(trigger),
        ...turn(options),
      })),
    );
  }

  gate(id: string, options: GateOptions): Ref<unknown> {
    this.claimName(id);
    if (this.body)
      throw new TypeError(`${this.where(id)}: a gate has no place inside the map ${this.body.mapId}`);
    const node = this.describe(id, () => {
      const { show, role, within, otherwise } = options;
      if (!ROLE.test(role)) throw new TypeError(`role is like approver, not ${JSON.stringify(role)}`);
      const withinMs = durationMs(within);
      if (withinMs < GATE_MS.least || withinMs > GATE_MS.most)
        throw new TypeError(`within is 1s to 366d, not ${within}`);
      if (otherwise !== 'approve' && otherwise !== 'reject')
        throw new TypeError(`otherwise is approve or reject, not ${JSON.stringify(otherwise)}`);
      return { kind: 'gate' as const, id, input: toExpr(show), ...turn(options), role, withinMs, otherwise };
    });
    return this.add(node);
  }

  map<T>(
    id: string,
    list: Ref<readonly T[]>,
    options: MapOptions<T>,
    body: (item: Ref<T>) => unknown,
  ): Ref<unknown> {
    this.claimName(id);
    if (this.body)
      throw new TypeError(
        `${this.where(id)}: a map has no place inside the map ${this.body.mapId}; a child may map in its turn`,
      );
    const { key, parallel = PARALLEL, failures = 'stop' } = options;
    if (!Number.isInteger(parallel) || parallel < 1 || parallel > MOST_PARALLEL)
      throw new TypeError(`${this.where(id)}: parallel is 1 to ${MOST_PARALLEL}, not ${parallel}`);
    const item = makeRef<T>({ $: 'ref', step: itemStep(id), path: [] });
    const head = this.describe(id, () => ({ input: toExpr(list), ...turn(options), key: toExpr(key(item)) }));
    const { nodes, result } = this.inside(id, () => this.describe(id, () => toExpr(body(item))));
    if (nodes.length === 0) throw new TypeError(`${this.where(id)}: nothing is done for an item`);
    const node: MapNode = { kind: 'map', id, ...head, parallel, failures, body: nodes, result };
    return this.add(node);
  }

  /** @throws ReferenceMisuse for references to what is not visible here. */
  refuseStrangers(subject: string, named: readonly string[]): void {
    for (const step of named) {
      if (this.visible.has(step)) continue;
      throw new ReferenceMisuse(
        this.names.has(step.replace(/\[\]$/, ''))
          ? `${subject} refers to "${step}", which is inside a map: what a map gives is its result`
          : `${subject} refers to "${step}", a step of another workflow`,
      );
    }
  }

  where(step?: string): string {
    return `${this.workflow}${step === undefined ? '' : `, step "${step}"`}`;
  }

  private inside(
    mapId: string,
    describe: () => Expr,
  ): { readonly nodes: readonly BodyNode[]; readonly result: Expr } {
    const nodes: BodyNode[] = [];
    this.body = { mapId, nodes };
    this.visible.add(itemStep(mapId));
    try {
      const result = describe();
      this.refuseStrangers(
        `${this.where(mapId)}, result`,
        references(result).map(({ step }) => step),
      );
      return { nodes, result };
    } finally {
      this.body = undefined;
      this.visible.delete(itemStep(mapId));
      for (const { id } of nodes) this.visible.delete(id);
    }
  }

  private claimName(id: string): void {
    if (!STEP_ID.test(id)) throw new TypeError(`${this.where(id)}: a step's id is [a-z][a-z0-9_]{0,63}`);
    if (this.names.has(id)) throw new TypeError(`${this.where(id)} is defined twice`);
    this.names.add(id);
  }

  private add(node: GraphNode): Ref<unknown> {
    this.refuseStrangers(this.where(node.id), dependencies(node));
    if (this.body) this.body.nodes.push(node as BodyNode);
    else this.steps.push(node);
    this.visible.add(node.id);
    return makeRef({ $: 'ref', step: node.id, path: [] });
  }

  private describe<T>(id: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      const { message } = error as Error;
      // What goes wrong inside a map says where already.
      if (message.startsWith(this.where())) throw error;
      throw new ReferenceMisuse(`${this.where(id)}: ${message}`, { cause: error });
    }
  }
}

function turn({ when, after }: NodeOptions): { when?: Expr; after?: readonly string[] } {
  const named = (after ?? []).flatMap(ref => references(toExpr(ref)).map(r => r.step));
  return { ...(when !== undefined && { when: toExpr(when) }), ...(named.length > 0 && { after: named }) };
}
