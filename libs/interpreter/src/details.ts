import type { GraphNode, Progress } from '@cairn/pipeline/run-time';

const WORDS: Readonly<Record<Progress, string>> = {
  pending: '· pending',
  running: '▶ running',
  waiting: '⧖ waits for the same step of another run',
  executed: '✔ executed',
  cached: '✔ from cache',
  failed: '✖ failed',
  skipped: '– skipped',
};

/** The table that Temporal's UI shows of a run: Markdown. */
export function detailsTable(nodes: readonly GraphNode[], progress: ReadonlyMap<string, Progress>): string {
  const rows = nodes.map(
    node => `| ${node.id} | ${whatOf(node)} | ${stateOf(node, progress.get(node.id) ?? 'pending')} |`,
  );
  return ['| step | skill | state |', '|---|---|---|', ...rows].join('\n');
}

function stateOf({ kind }: GraphNode, progress: Progress): string {
  return kind === 'gate' && progress === 'waiting' ? '⧖ waits for approval' : WORDS[progress];
}

function whatOf(node: GraphNode): string {
  switch (node.kind) {
    case 'step':
      return node.skill;
    case 'child':
      return `run of ${node.workflow}`;
    case 'map':
      return `map of ${node.body.map(whatOf).join(', ')}`;
    case 'gate':
      return `approval by ${node.role}`;
  }
}
