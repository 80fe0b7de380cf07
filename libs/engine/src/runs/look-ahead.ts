import { repositories } from '@cairn/dao';
import { walkOfRun, type OpenedRun, type RunRef } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { followHits, missesOf, recordFound, type Followed } from '../steps/follow-hits.js';
import { settledOf } from './read-run.js';

/** A look ahead is part of a local activity, which has three seconds. Milliseconds. */
const LONGEST_MS = 1_500;
/** Of the outputs that are found, as JSON: what is opened goes into the workflow's history. */
const MOST_BYTES = 512 * 1024;

/**
 * Follows a run through the cache as far as hits lead, and records all of them, with the steps that their conditions
 * leave out, in one transaction. What it does not reach is asked about when it is ready.
 *
 * @returns the run as it stands then
 */
export async function lookAhead(
  engine: Engine,
  run: RunRef,
  workflowId: string,
  opened: OpenedRun,
): Promise<OpenedRun> {
  const walk = walkOfRun(opened);
  const followed: Followed = { walk, context: { run, workflowId, setting: opened }, asked: new Set() };
  const limits = { end: performance.now() + LONGEST_MS, mostBytes: MOST_BYTES };
  const found = await followHits(engine, [followed], limits);
  const misses = missesOf(followed);
  if (found.reuses.length === 0) return { ...opened, misses };
  // Bytes were collected a moment ago: the steps are asked about one by one.
  if (!(await recordFound(engine, run, found))) return opened;
  // Read again: what counts is what the records say, also when another attempt at opening the run was first.
  const stepIds = [...found.off, ...found.reuses.map(({ step }) => step.request.stepId)];
  const rows = await repositories(engine.dataSource).steps.listSteps(run.tenantId, run.runId, stepIds);
  return {
    ...opened,
    misses,
    settled: { ...opened.settled, ...settledOf(rows, ({ stepId }) => stepId) },
  };
}
