import { CairnError } from '@cairn/dto';
import { delivers, walkOfRun, type OpenedRun, type RunRef } from '@cairn/pipeline';
import type { Engine } from '../engine.js';
import { takeOver } from '../second-tries/take-over.js';
import { takeTurn } from '../turns/take-turn.js';
import { openedByValue } from './by-value.js';
import { endRun } from './end-run.js';
import { lookAhead } from './look-ahead.js';
import { readRun } from './read-run.js';

/**
 * Takes a run up: marks it running, takes from the cache what can be taken at once, and gives all that the interpreter
 * needs, with what has ended already, so that a workflow that begins again goes on instead of starting over. A run that
 * is in the cache as a whole ends here. A run that has to wait for its turn stays as it is.
 *
 * @throws CairnError RUN_UNKNOWN, terminal.
 */
export async function openRun(engine: Engine, ref: RunRef): Promise<OpenedRun> {
  const { runId } = ref;
  const status = await takeTurn(engine.dataSource, ref);
  if (status === null) throw new CairnError('RUN_UNKNOWN', `There is no run ${runId}`);
  const found = await readRun(engine.dataSource, ref);
  if (status === 'queued') return { ...found.opened, waits: true };
  if (found.opened.ended) return found.opened;
  const changed = await takeOver(engine, found.run, found.opened.graph);
  const { run, opened: recorded } = changed ? await readRun(engine.dataSource, ref) : found;
  const opened = await lookAhead(engine, ref, run.temporalWorkflowId, recorded);
  const walk = walkOfRun(opened);
  if (!walk.isOver || walk.firstFailure) return openedByValue(opened);
  const answer = await endRun(engine, {
    ...ref,
    status: 'completed',
    output: walk.value(opened.graph.output),
    delivers: delivers(opened.graph),
  });
  if (answer.kind !== 'ended') return openedByValue(opened);
  return { ...opened, ended: true, settled: withoutOutputs(opened) };
}

/** Nobody reads the outputs of a run that has ended: they need not go into its history. */
function withoutOutputs({ settled }: OpenedRun): OpenedRun['settled'] {
  return Object.fromEntries(
    Object.entries(settled).map(([id, step]) => [
      id,
      step.kind === 'done' ? { ...step, output: null } : step,
    ]),
  );
}
