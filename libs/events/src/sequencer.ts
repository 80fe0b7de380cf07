import { SequencerSession, type DataSource } from '@cairn/dao';
import type { Log } from './log.js';
import { pause } from './pause.js';

/** How the sequencer keeps time and measure. Milliseconds. */
export interface SequencerOptions {
  /** Between two looks for new events: at first, and once nothing has come for a while. */
  readonly lookMs: readonly [busy: number, idle: number];
  /** Between two attempts to become the one, while another is. */
  readonly standbyMs: number;
  /** Between two attempts to reach PostgreSQL. */
  readonly reconnectMs: number;
  /** Between two looks at everything without a place, not just at what later transactions wrote. */
  readonly fullLookMs: number;
  /** Events at a time. */
  readonly batch: number;
}
const OPTIONS: SequencerOptions = {
  lookMs: [5, 40],
  standbyMs: 250,
  reconnectMs: 250,
  fullLookMs: 60_000,
  batch: 2_000,
};
/** How much longer each pause is than the one before, while nothing comes. */
const SLOWER = 1.2;

/**
 * Gives events their places in the logs. Each process of the API has one; one of all is elected, by a lock that goes
 * with its connection, and another follows when it ends, dies, hangs or loses PostgreSQL.
 */
export class Sequencer {
  private readonly stopping = new AbortController();
  private readonly options: SequencerOptions;
  private running: Promise<void> | undefined;
  private leads = false;

  constructor(
    private readonly parts: { readonly dataSource: DataSource; readonly log: Log },
    options: Partial<SequencerOptions> = {},
  ) {
    this.options = { ...OPTIONS, ...options };
  }

  /** Whether it is the one who sequences, as far as it knows. */
  get leading(): boolean {
    return this.leads;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Lets go of the lock at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { log } = this.parts;
    let away = false;
    while (!signal.aborted) {
      const lost = new AbortController();
      let session: SequencerSession | undefined;
      try {
        session = await SequencerSession.open(this.parts.dataSource, error => lost.abort(error));
        away = false;
        await this.serve(session, AbortSignal.any([signal, lost.signal]));
        lost.signal.throwIfAborted();
      } catch (error) {
        if (!signal.aborted && !away)
          log.warn({ error: (error as Error).message }, 'the sequencer of events has lost PostgreSQL');
        away = true;
      } finally {
        this.leads = false;
        await session?.close().catch(() => undefined);
      }
      await pause(this.options.reconnectMs, signal);
    }
  }

  private async serve(session: SequencerSession, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await session.tryLead())) await pause(this.options.standbyMs, signal);
    if (signal.aborted) return;
    this.leads = true;
    this.parts.log.info({}, 'this process gives events their places');
    const { lookMs, fullLookMs, batch } = this.options;
    const [busy, idle] = lookMs;
    let horizon = '0';
    let fullLook = performance.now();
    for (let wait = busy; !signal.aborted;) {
      if (performance.now() - fullLook > fullLookMs) {
        fullLook = performance.now();
        horizon = '0';
      }
      const done = await session.sequence(horizon, batch);
      ({ horizon } = done);
      if (done.events === batch) continue;
      wait = done.events > 0 ? busy : Math.min(idle, wait * SLOWER);
      await pause(wait, signal);
    }
  }
}
