import type { Progress, StepNode } from '@cairn/pipeline/run-time';

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
export function detailsTable(steps: readonly StepNode[], progress: ReadonlyMap<string, Progress>): string {
  const rows = steps.map(({ id, skill }) => `| ${id} | ${skill} | ${WORDS[progress.get(id) ?? 'pending']} |`);
  return ['| step | skill | state |', '|---|---|---|', ...rows].join('\n');
}
