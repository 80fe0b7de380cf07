import { Context } from '@temporalio/activity';
import {
  endChild,
  endMap,
  endRun,
  failStep,
  lookUpFrontier,
  openChild,
  openGate,
  openMap,
  openRun,
  openScheduled,
  producersOf,
  settleGate,
  skipByCondition,
  takeItems,
  type Engine,
} from '@cairn/engine';
import type { RecordActivities, RunRef, StepRequest } from '@cairn/pipeline';
import { withLogFields } from '@cairn/telemetry';
import { translated } from './failures.js';

/** The activities by which the interpreter reads and writes the records. */
export function recordActivities(engine: Engine): RecordActivities {
  const { dataSource } = engine;
  return {
    openScheduled: workflow => beatingWhile(() => openScheduled(engine, workflow)),
    openRun: run => beating(run, () => openRun(engine, run)),
    lookUpFrontier: steps => beating(subjectOf(steps), () => lookUpFrontier(engine, steps)),
    skipByCondition: (run, steps) => beating(run, () => skipByCondition(dataSource, run, steps)),
    failStep: failure => beating(failure, () => failStep(dataSource, failure)),
    producersOf: (run, workflowId, digests) =>
      beating(run, () => producersOf(dataSource, run, workflowId, digests)),
    endRun: ending => beating(ending, () => endRun(engine, ending)),
    openMap: map => beating(map, () => openMap(engine, map)),
    takeItems: taking => beating(taking, () => takeItems(engine, taking)),
    endMap: map => beating(map, () => endMap(engine, map)),
    openGate: gate => beating(gate, () => openGate(engine, gate)),
    settleGate: gate => beating(gate, () => settleGate(engine, gate)),
    openChild: child => beating(child, () => openChild(engine, child)),
    endChild: child => beating(child, () => endChild(engine, child)),
  };
}

/** Well within the heartbeat's time-out. */
const HEARTBEAT_MS = 2_000;

/** What a record is about, as far as logs say it. */
interface Subject extends RunRef {
  readonly stepId?: string;
  readonly mapStepId?: string;
}

function subjectOf(steps: readonly StepRequest[]): Subject | undefined {
  const [first] = steps;
  return first && steps.length > 1 ? { tenantId: first.tenantId, runId: first.runId } : first;
}

/** As an ordinary activity, which may wait for the database, it says that its worker lives. */
async function beating<T>(subject: Subject | undefined, work: () => Promise<T>): Promise<T> {
  const { tenantId, runId, stepId = subject?.mapStepId } = subject ?? {};
  const fields = { tenantId, runId, ...(stepId !== undefined && { stepId }) };
  return withLogFields(
    () => fields,
    () => beatingWhile(work),
  );
}

async function beatingWhile<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  if (context.info.isLocal) return translated(work);
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await translated(work);
  } finally {
    clearInterval(beat);
  }
}
