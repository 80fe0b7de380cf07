import { repositories, transaction, type RunStep } from '@cairn/dao';
import { Walk, type OpenedRun, type RunRef, type SettledStep } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { findReuses } from '../steps/find-reuses.js';
import { settledStep } from '../steps/settled-step.js';
import { recordReuse, type Reuse } from '../steps/record-reuse.js';

/** A look ahead is part of a local activity, which has three seconds. Milliseconds. */
const LONGEST_MS = 1_500;
/** Keys that are asked about at once. */
const MOST_ASKED = 100;
/** Of the outputs that are found, as JSON: what is opened goes into the workflow's history. */
const MOST_BYTES = 512 * 1024;

/**
 * Follows a run through the cache as far as hits lead, from one level of the graph to the next, and records all of
 * them, with the steps that their conditions leave out, in one transaction. What it does not reach is asked about
 * when it is ready.
 *
 * @returns the run as it stands then
 */
export async function lookAhead(
  engine: Engine,
  run: RunRef,
  workflowId: string,
  opened: OpenedRun,
): Promise<OpenedRun> {
  const walk = new Walk(opened);
  const asked = new Set<string>();
  const reuses: Reuse[] = [];
  const off: string[] = [];
  const end = performance.now() + LONGEST_MS;
  for (let bytes = 0; bytes < MOST_BYTES && performance.now() < end;) {
    const ready = walk
      .ready()
      .filter(({ id }) => !asked.has(id))
      .slice(0, MOST_ASKED);
    if (ready.length === 0) break;
    ready.forEach(({ id }) => asked.add(id));
    const out = ready.filter(step => walk.isOff(step));
    out.forEach(({ id }) => walk.leaveOut(id));
    off.push(...out.map(({ id }) => id));
    const on = ready.filter(step => !out.includes(step));
    for (const reuse of await findReuses(
      engine,
      on.map(step => walk.request(run, workflowId, step)),
    )) {
      const { output } = reuse.result.outputs;
      walk.settle(reuse.step.request.stepId, { kind: 'done', output, fromCache: true });
      reuses.push(reuse);
      bytes += JSON.stringify(output)?.length ?? 0;
    }
  }
  const misses = [...asked].filter(id => walk.progress.get(id) === 'pending');
  if (reuses.length === 0) return { ...opened, misses };
  const recorded = await transaction(engine.dataSource, async tx => {
    const { tenantId, runId } = run;
    // All that is touched below, in the one order in which steps are locked.
    const stepIds = reuses.map(({ step }) => step.request.stepId);
    await tx.steps.lockSteps(tenantId, runId, [...off, ...stepIds]);
    if (!(await recordReuse(tx, engine, reuses))) return false;
    await tx.steps.skipSteps(tenantId, runId, off, 'condition_false');
    return true;
  });
  // Bytes were collected a moment ago: the steps are asked about one by one.
  if (!recorded) return opened;
  // Read again: what counts is what the records say, also when another attempt at opening the run was first.
  const { steps } = repositories(engine.dataSource);
  const stepIds = [...off, ...reuses.map(({ step }) => step.request.stepId)];
  const rows = await steps.listSteps(run.tenantId, run.runId, stepIds);
  return { ...opened, misses, settled: { ...opened.settled, ...settledOf(rows) } };
}

function settledOf(rows: readonly RunStep[]): Record<string, SettledStep> {
  return Object.fromEntries(
    rows.flatMap(row => {
      const step = settledStep(row);
      return step ? [[row.stepId, step]] : [];
    }),
  );
}
