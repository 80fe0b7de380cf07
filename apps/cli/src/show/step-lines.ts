import type { Run, RunStep } from '@cairn/client';
import { resultOf, tookMs } from '../run/records.js';
import { duration, oneLine } from './format.js';
import { itemCounts, waitOf } from './step-list.js';

/** What changed between two looks at a run, a line per change: for logs and pipes. */
export function stepLines(before: Run | undefined, after: Run): string[] {
  const earlier = new Map(before?.steps.map(step => [step.stepId, step]));
  return after.steps.flatMap(step => {
    const line = stepLine(step);
    const old = earlier.get(step.stepId);
    return line === undefined || (old && stepLine(old) === line) ? [] : [line];
  });
}

function stepLine(step: RunStep): string | undefined {
  const again = step.attempt > 1 ? `, attempt ${step.attempt}` : '';
  const items = step.items ? `, ${itemCounts(step.items)}` : '';
  const wait = waitOf(step);
  if (wait !== undefined) return `${step.stepId} waits ${wait}`;
  switch (resultOf(step)) {
    case 'waiting':
      return undefined;
    case 'running':
      return `${step.stepId} started${again}`;
    case 'executed':
    case 'done':
      return `${step.stepId} completed in ${duration(tookMs(step) ?? 0)}${items}${again}`;
    case 'from cache':
      return `${step.stepId} from cache`;
    case 'failed':
      return `${step.stepId} failed${again}: ${oneLine(`${step.errorCode ?? ''} ${step.error ?? ''}`)}`;
    case 'skipped':
      return `${step.stepId} skipped${step.reason ? ` (${step.reason.replaceAll('_', ' ')})` : ''}`;
  }
}
