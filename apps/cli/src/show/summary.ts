import type { Artifact, Run, RunStep } from '@cairn/client';
import { resultOf, tookMs } from '../run/records.js';
import { timeBar } from './bars.js';
import { bytes, duration, fit, oneLine, padEnd, padStart } from './format.js';
import type { Colours } from './screen.js';
import { elapsedMs, glyphOf } from './step-list.js';

const LONGEST_BAR = 40;

/** `9 of 9 from cache`, `3 executed, 6 of 9 from cache, 1 done`, with what failed or was skipped. */
export function countResults(run: Run): string {
  const count = (result: string) => run.steps.filter(step => resultOf(step) === result).length;
  const cached = count('from cache');
  const parts = [
    count('executed') > 0 && `${count('executed')} executed`,
    cached > 0 && `${cached} of ${run.steps.length} from cache`,
    count('done') > 0 && `${count('done')} done`,
    count('failed') > 0 && `${count('failed')} failed`,
    count('skipped') > 0 && `${count('skipped')} skipped`,
  ];
  return parts.filter(part => part !== false).join(', ');
}

/** From the run's acceptance to its end, in milliseconds. */
export function runMs(run: Pick<Run, 'createdAt' | 'completedAt'>): number {
  return (run.completedAt ? Date.parse(run.completedAt) : Date.now()) - Date.parse(run.createdAt);
}

/**
 * A row per step: how it came out, how long it took, how much it made; then the whole.
 * @param columns the width there is; what it leaves shows when each step ran. 0 for none of that.
 */
export function summaryTable(
  run: Run,
  artifacts: readonly Artifact[],
  colours: Colours,
  columns = 0,
): string[] {
  const sizes = new Map<string, number>();
  for (const { stepId, sizeBytes } of artifacts)
    if (stepId) sizes.set(stepId, (sizes.get(stepId) ?? 0) + (sizeBytes ?? 0));
  const width = Math.max(...run.steps.map(step => step.stepId.length), 5);
  const line = (glyph: string, cells: readonly [string, string, string, string]) =>
    `  ${glyph} ${padEnd(cells[0], width)}  ${padEnd(cells[1], 10)}  ${padStart(cells[2], 10)}  ${padStart(cells[3], 9)}`;
  const room = Math.min(LONGEST_BAR, columns - (width + 43));
  const rows = run.steps.map(step => {
    const result = resultOf(step);
    const time = ['executed', 'done', 'failed'].includes(result) ? (tookMs(step) ?? 0) : undefined;
    const took = result === 'running' ? elapsedMs(step, Date.now()) : time;
    const size = sizes.get(step.stepId);
    const word = result === 'skipped' ? whySkipped(step) : result;
    const cells = [
      step.stepId,
      word,
      took === undefined ? '' : duration(took),
      size === undefined ? '' : bytes(size),
    ] as const;
    const bar = timeBar(step, run, room);
    return line(glyphOf(result, colours), cells) + (bar && `   ${colours.dim(bar)}`);
  });
  const made = artifacts.reduce((sum, artifact) => sum + (artifact.sizeBytes ?? 0), 0);
  return [
    colours.dim(line(' ', ['step', 'result', 'time', 'size'])),
    ...rows,
    colours.dim(`    ${'─'.repeat(width + 35)}`),
    line(' ', ['', '', duration(runMs(run)), bytes(made)]),
  ];
}

function whySkipped({ reason }: RunStep): string {
  if (reason === 'blocked' || reason === 'cancelled') return reason;
  return 'left out';
}

/**
 * Each step that failed, with its code, its message and what to do about it.
 * @param advise what to do about an error of that code
 */
export function failureLines(
  run: Run,
  advise: (code: string) => string,
  columns: number,
  colours: Colours,
): string[] {
  const failed = run.steps.filter(step => step.status === 'failed');
  const lines = failed.flatMap(step => [
    fit(`  ${colours.red('✖')} ${step.stepId} (${step.skillId})  ${step.errorCode ?? 'ERROR'}`, columns),
    `    ${oneLine(step.error ?? 'no message was recorded')}`,
    `    ${colours.dim(advise(step.errorCode ?? ''))}`,
  ]);
  if (failed.length === 0 && run.error)
    lines.push(
      `  ${colours.red('✖')} ${run.errorCode ?? 'ERROR'}  ${oneLine(run.error)}`,
      `    ${colours.dim(advise(''))}`,
    );
  return lines;
}
