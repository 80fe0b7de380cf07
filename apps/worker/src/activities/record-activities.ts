import { endRun, failStep, lookUpFrontier, openRun, skipByCondition, type Engine } from '@cairn/engine';
import type { RecordActivities } from '@cairn/pipeline';
import { translated } from './failures.js';

/** The activities by which the interpreter reads and writes the records. */
export function recordActivities(engine: Engine): RecordActivities {
  const { dataSource } = engine;
  return {
    openRun: run => translated(() => openRun(engine, run)),
    lookUpFrontier: steps => translated(() => lookUpFrontier(engine, steps)),
    skipByCondition: (run, steps) => translated(() => skipByCondition(dataSource, run, steps)),
    failStep: failure => translated(() => failStep(dataSource, failure)),
    endRun: ending => translated(() => endRun(engine, ending)),
  };
}
