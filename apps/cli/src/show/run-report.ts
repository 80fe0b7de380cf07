import type { Artifact, Run, RunStep } from '@cairn/client';
import { hasEnded } from '../run/records.js';
import { ago, counted, duration, oneLine } from './format.js';
import { runStatus } from './run-status.js';
import type { Screen } from './screen.js';
import { countResults, failureLines, runMs, summaryTable } from './summary.js';
import { itemCounts, waitOf } from './step-list.js';
import { fields } from './table.js';

/** Prints how a run came out, or how far it is: the table of its steps, what failed and why, and what to do next. */
export function showRun(run: Run, artifacts: readonly Artifact[], screen: Screen): void {
  const { colours, live, size } = screen;
  const { bold, dim } = colours;
  const facts = [countResults(run), duration(runMs(run))].filter(Boolean).join(', ');
  screen.line();
  screen.line(
    `  ${bold(run.workflowName)} ${dim(run.workflowVersion)}  ${runStatus(run.status, colours)}: ${facts}`,
  );
  screen.line();
  for (const line of summaryTable(run, artifacts, colours, live ? size.columns : 0)) screen.line(line);
  if (run.status === 'failed' || run.status === 'cancelled') {
    const failures = failureLines(run, adviceFor(run), size.columns, colours);
    if (failures.length > 0) screen.line();
    for (const line of failures) screen.line(line);
  }
  screen.line();
  for (const line of fields(factsOf(run, artifacts), screen)) screen.line(line);
}

function factsOf(run: Run, artifacts: readonly Artifact[]): [string, string | undefined][] {
  const { id } = run;
  return [
    ['Run', id],
    ['Started', `${run.createdAt} (${ago(run.createdAt)})`],
    ['Options', run.options && JSON.stringify(run.options)],
    ['Retry of', run.retryOfRunId],
    ['Fork of', run.forkOfRunId],
    ['Part of', run.parentRunId],
    ['Schedule', run.scheduleId],
    ['Due', run.scheduledFor],
    ['Error', run.status === 'failed' ? undefined : run.error && oneLine(run.error)],
    [
      'Files',
      artifacts.length > 0 ? `${counted(artifacts.length, 'file')}: cairn artifacts pull ${id}` : undefined,
    ],
    ...run.steps.flatMap(step => insideOf(run, step)),
    ['Next', hasEnded(run) ? undefined : `cairn runs watch ${id}`],
  ];
}

/** Where to look further: what a step waits for, the items of a map, the run of a child. */
function insideOf({ id }: Run, step: RunStep): [string, string][] {
  const { stepId, items, childRunId } = step;
  const wait = waitOf(step);
  if (wait !== undefined) return [[stepId, `waits ${wait}`]];
  if (items) return [[stepId, `${itemCounts(items)}: cairn runs items ${id} ${stepId}`]];
  return childRunId === undefined ? [] : [[stepId, `cairn runs show ${childRunId}`]];
}

const adviceFor = (run: Run) => (code: string) =>
  code === 'VALIDATION_ERROR'
    ? 'Mend what the message names and run it again.'
    : `cairn runs retry ${run.id} goes on: what completed is not repeated.`;
