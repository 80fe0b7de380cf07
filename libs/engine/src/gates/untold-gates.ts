import { repositories, type DataSource } from '@cairn/dao';
import type { WakeControl } from '../claims/waker.js';
import type { Log } from '../log.js';

/** One that was decided a moment ago is being told of by whoever has recorded the decision. Milliseconds. */
const DECIDED_FOR_MS = 3_000;
/** Between two wake-ups of one step: each is an event in its history. Milliseconds. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/** When a gate has its turn again, and how long it waits after that. */
interface Turn {
  readonly at: number;
  readonly pauseMs: number;
}

/** Wakes runs that wait at a gate which is decided: Temporal was away when that was, or has lost the wake-up since. */
export class UntoldGates {
  private turns = new Map<string, Turn>();

  constructor(private readonly parts: { dataSource: DataSource; control: WakeControl; log: Log }) {}

  /**
   * @returns how many runs were told
   * @throws when the database or Temporal cannot be reached
   */
  async tell(limit: number, decidedForMs: number = DECIDED_FOR_MS): Promise<number> {
    const { dataSource, control, log } = this.parts;
    const { acrossTenants } = repositories(dataSource).gates;
    const untold = await acrossTenants.findUntold({ decidedForMs, limit });
    const before = this.turns;
    this.turns = new Map(untold.flatMap(({ gateId }) => entryOf(before, gateId)));
    const now = performance.now();
    let told = 0;
    for (const { gateId, stepId, temporalWorkflowId } of untold) {
      const { at, pauseMs } = this.turns.get(gateId) ?? { at: 0, pauseMs: FIRST_PAUSE_MS };
      if (now < at) continue;
      await control.wake(temporalWorkflowId, stepId);
      this.turns.set(gateId, { at: now + pauseMs, pauseMs: Math.min(2 * pauseMs, LONGEST_PAUSE_MS) });
      log.info({ gateId, stepId, temporalWorkflowId }, 'told a run that its gate is decided');
      told += 1;
    }
    return told;
  }
}

const entryOf = (turns: ReadonlyMap<string, Turn>, id: string): (readonly [string, Turn])[] => {
  const turn = turns.get(id);
  return turn ? [[id, turn]] : [];
};
