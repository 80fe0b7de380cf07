import type { StepExplanation } from '@cairn/client';
import { ago, duration, oneLine } from './format.js';
import type { Screen } from './screen.js';
import { fields } from './table.js';

/** Prints why a step did what it did: in one line, then what it is compared with, and in what it differs. */
export function showExplanation(explanation: StepExplanation, screen: Screen): void {
  const { colours } = screen;
  const { stepId, runId, skillId, message, changes, moreChanges, error } = explanation;
  screen.line();
  screen.line(`  ${colours.bold(stepId)} ${colours.dim(`(${skillId}) of run ${runId}`)}`);
  screen.line(`  ${oneLine(message)}`);
  if (changes.length > 0) screen.line();
  for (const change of changes) {
    screen.line(`    ${colours.yellow('≠')} ${oneLine(change.message)}  ${colours.dim(change.path)}`);
  }
  if (moreChanges !== undefined) screen.line(`      ${colours.dim(`and ${moreChanges} more`)}`);
  const lines = fields(
    [
      ['Compared with', comparedWith(explanation)],
      ['Expires', explanation.result?.expiresAt],
      ...explanation.waitsFor.map(({ message: what }) => ['Waits for', oneLine(what)] as const),
      ['Not in the key', explanation.unkeyed.join(', ')],
      ['Error', error && colours.red(oneLine(`${error.code}: ${error.message}`))],
      ['Took', explanation.durationMs === undefined ? undefined : duration(explanation.durationMs)],
    ],
    screen,
  );
  if (lines.length > 0) screen.line();
  for (const line of lines) screen.line(line);
}

function comparedWith({ against }: StepExplanation): string | undefined {
  if (!against) return undefined;
  const { runId, stepId, workflowName, sameStep, executedAt, durationMs } = against;
  const when = executedAt && `executed ${ago(executedAt)}`;
  const took = durationMs === undefined ? undefined : `in ${duration(durationMs)}`;
  const which = sameStep ? `run ${runId}` : `${stepId} of ${workflowName}, run ${runId}`;
  return [which, [when, took].filter(Boolean).join(' ')].filter(Boolean).join(', ');
}
