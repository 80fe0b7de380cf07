import { repositories, type DataSource } from '@cairn/dao';
import type { Log } from '../log.js';
import { tellTurns } from '../turns/tell-turns.js';

/** Temporal, as waking needs it. */
export interface WakeControl {
  /** Sends the wake-up of a step, or its turn, to a run's workflow. One that has ended needs none. */
  wake(temporalWorkflowId: string, stepId: string): Promise<void>;
}

/** Wake-ups sent in one go. */
const BATCH = 500;
/** One that was not sent right after its commit is an other process's left-over. Milliseconds. */
const OVERDUE_MS = 1_000;

/**
 * Sends the wake-ups that are owed to those who wait. They are rows, written with what they tell of, so none is lost;
 * one may be sent twice, which does no harm.
 */
export class Waker {
  constructor(private readonly parts: { dataSource: DataSource; control: WakeControl; log: Log }) {}

  /** Sends what is due for a key, right after the commit that made it due; in the background. */
  soon(cacheKey: string): void {
    this.send({ cacheKey, overdueMs: 0 }).catch((error: unknown) =>
      this.parts.log.warn({ error: (error as Error).message }, 'a wake-up was not sent yet'),
    );
  }

  /**
   * Sends what others left.
   * @returns how many
   * @throws when the database or Temporal cannot be reached
   */
  async sendOverdue(): Promise<number> {
    const sent = await this.send({ overdueMs: OVERDUE_MS });
    return sent + (await tellTurns(this.parts));
  }

  /** Tells runs that it is their turn, as one has just ended; in the background. */
  turnsSoon(): void {
    tellTurns(this.parts).catch((error: unknown) =>
      this.parts.log.warn({ error: (error as Error).message }, 'a turn was not told yet'),
    );
  }

  private async send(filter: { cacheKey?: string; overdueMs: number }): Promise<number> {
    const { claims } = repositories(this.parts.dataSource);
    const due = await claims.dueWakes({ ...filter, limit: BATCH });
    const { control } = this.parts;
    const sent = await Promise.allSettled(
      due.map(wake => control.wake(wake.temporalWorkflowId, wake.stepId)),
    );
    // One that cannot be sent must not have the others sent again and again.
    await claims.wakesSent(due.filter((_wake, at) => sent[at]!.status === 'fulfilled'));
    const failed = sent.find(result => result.status === 'rejected');
    if (failed) throw failed.reason;
    return due.length;
  }
}
