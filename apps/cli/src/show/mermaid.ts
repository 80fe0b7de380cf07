import type { Workflow } from '@cairn/client';

/** As much of a node of a graph as is drawn. */
interface Node {
  readonly kind: string;
  readonly id: string;
  /** Of a step. */
  readonly skill?: string;
  /** Of a child. */
  readonly workflow?: string;
  /** Of a gate. */
  readonly role?: string;
  /** Present where the node may be left out. */
  readonly when?: unknown;
  /** Of a map: what is done for each item. */
  readonly body?: readonly Node[];
}

/** Left and right of a node's label, by its kind. */
const SHAPES: Readonly<Record<string, readonly [string, string]>> = {
  step: ['["', '"]'],
  child: ['[["', '"]]'],
  gate: ['{{"', '"}}'],
};

/**
 * A workflow's graph as a Mermaid flowchart: steps are boxes, children boxes with double sides, gates hexagons, maps
 * frames around what is done for each item. Dotted arrows lead to nodes that a condition may leave out.
 */
export function mermaid({ steps, graph }: Pick<Workflow, 'steps' | 'graph'>): string[] {
  const nodes = graph.steps as readonly Node[];
  const all = nodes.flatMap(node => [node, ...(node.body ?? [])]);
  // Ids may be words that Mermaid reserves, such as `end`.
  const names = new Map(all.map(({ id }, index) => [id, `n${index}`]));
  const arrow = (from: string, to: Node) =>
    names.has(from)
      ? [`  ${names.get(from)} ${to.when === undefined ? '-->' : '-.->'} ${names.get(to.id)}`]
      : [];
  const draw = (node: Node): string[] =>
    node.body
      ? [
          `  subgraph ${names.get(node.id)} ["${label(node)}"]`,
          ...node.body.flatMap(draw).map(line => `  ${line}`),
          '  end',
        ]
      : [`  ${names.get(node.id)}${(SHAPES[node.kind] ?? SHAPES.step)!.join(label(node))}`];
  const between = nodes.flatMap(node =>
    (steps.find(({ id }) => id === node.id)?.dependsOn ?? []).flatMap(from => arrow(from, node)),
  );
  const inside = nodes.flatMap(({ body = [] }) =>
    body.flatMap(node =>
      [...referred(node)]
        .filter(from => from !== node.id && body.some(({ id }) => id === from))
        .flatMap(from => arrow(from, node)),
    ),
  );
  return ['flowchart TD', ...nodes.flatMap(draw), ...between, ...inside];
}

function label({ id, kind, skill, workflow, role }: Node): string {
  const what = skill ?? workflow ?? (kind === 'gate' ? `approval by ${role}` : 'for each item');
  return [id, what]
    .filter((text, index, both) => both.indexOf(text) === index)
    .map(escaped)
    .join('<br/>');
}

const escaped = (text: string) => text.replace(/[&"<>#;]/g, sign => `#${sign.charCodeAt(0)};`);

/** The steps that expressions anywhere in a node refer to. */
function referred(value: unknown): Set<string> {
  if (value === null || typeof value !== 'object') return new Set();
  const { $, step } = value as { readonly $?: unknown; readonly step?: unknown };
  if ($ === 'ref' && typeof step === 'string') return new Set([step]);
  return new Set(Object.values(value).flatMap(part => [...referred(part)]));
}
