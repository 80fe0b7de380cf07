import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { WAKE_SIGNAL } from '@cairn/pipeline/run-time';

/** A lease may be renewed at its very end, and clocks differ: who looks too early waits a whole lease again. */
const SLACK_MS = 500;

/** The wake-ups that this run has been sent, by the step that they are for. */
export class Wakes {
  private readonly awake = new Set<string>();

  constructor() {
    setHandler(defineSignal<[string]>(WAKE_SIGNAL), stepId => void this.awake.add(stepId));
  }

  /** From now on only a new wake-up counts. Called before the step looks at the records: none is missed. */
  forget(stepId: string): void {
    this.awake.delete(stepId);
  }

  /** Resolves with the step's wake-up, or when the time is over. @returns whether it was woken. */
  async until(stepId: string, forMs: number): Promise<boolean> {
    return condition(() => this.awake.has(stepId), forMs + SLACK_MS);
  }
}
