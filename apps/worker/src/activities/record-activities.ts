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
  producersOf,
  settleGate,
  skipByCondition,
  takeItems,
  type Engine,
} from '@cairn/engine';
import type { RecordActivities } from '@cairn/pipeline';
import { translated } from './failures.js';

/** The activities by which the interpreter reads and writes the records. */
export function recordActivities(engine: Engine): RecordActivities {
  const { dataSource } = engine;
  return {
    openRun: run => beating(() => openRun(engine, run)),
    lookUpFrontier: steps => beating(() => lookUpFrontier(engine, steps)),
    skipByCondition: (run, steps) => beating(() => skipByCondition(dataSource, run, steps)),
    failStep: failure => beating(() => failStep(dataSource, failure)),
    producersOf: (run, workflowId, digests) =>
      beating(() => producersOf(dataSource, run, workflowId, digests)),
    endRun: ending => beating(() => endRun(engine, ending)),
    openMap: map => beating(() => openMap(engine, map)),
    takeItems: taking => beating(() => takeItems(engine, taking)),
    endMap: map => beating(() => endMap(engine, map)),
    openGate: gate => beating(() => openGate(engine, gate)),
    settleGate: gate => beating(() => settleGate(engine, gate)),
    openChild: child => beating(() => openChild(engine, child)),
    endChild: child => beating(() => endChild(engine, child)),
  };
}

/** Well within the heartbeat's time-out. */
const HEARTBEAT_MS = 2_000;

/** As an ordinary activity, which may wait for the database, it says that its worker lives. */
async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  if (context.info.isLocal) return translated(work);
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await translated(work);
  } finally {
    clearInterval(beat);
  }
}
