import { setTimeout as delay } from 'node:timers/promises';
import { CliError, reasonOf } from '../errors.js';
import { ChildProgram, type ChildSpec } from './child-program.js';

export interface Supervision {
  /** Told in one line what a person should know. */
  readonly say: (line: string) => void;
  /** Called once, when the program keeps ending and is not started again. */
  readonly gaveUp: (error: CliError) => void;
  /** The first pause before a new start, in ms; 500. It doubles each time, up to sixteen times as long. */
  readonly pauseMs?: number;
  /** Aborted when all is to end. */
  readonly signal: AbortSignal;
}

const READY_WITHIN_MS = 90_000;
const FIRST_PAUSE_MS = 500;
const MOST_CRASHES = 6;
/** One that ran this long was not a failed start: counting begins anew. */
const HEALTHY_AFTER_MS = 60_000;

/** One of Cairn's programs, started again when it ends unasked: soon at first, then after longer pauses. */
export class SupervisedProgram {
  private child?: ChildProgram;
  private crashes = 0;
  /** Ends the wait for, or the start of, a child that a restart takes the place of. */
  private again?: { readonly cancel: AbortController; readonly done: Promise<void> };
  private restarting?: Promise<void>;
  private readonly stopping = new AbortController();

  constructor(
    private spec: ChildSpec,
    private readonly supervision: Supervision,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Starts the program.
   * @returns the address it tells, if any, once it is ready
   * @throws CliError with the end of its log when it ends before, or is not ready within 90 s
   */
  async start(): Promise<{ url?: string }> {
    this.ending.throwIfAborted();
    const child = new ChildProgram(this.spec);
    this.child = child;
    const inTime = new AbortController();
    try {
      const ready = await Promise.race([child.ready, this.tooLong(inTime.signal)]);
      this.watch(child);
      return ready;
    } catch (error) {
      await child.stop();
      this.ending.throwIfAborted();
      const { name, logFile } = this.spec;
      throw new CliError(
        `The ${name} did not start (${reasonOf(error)}); its log is ${logFile}`,
        1,
        child.tail(),
      );
    } finally {
      inTime.abort();
    }
  }

  /** Settings for later starts, e.g. the port that the first one was given. */
  use(env: ChildSpec['env']): void {
    this.spec = { ...this.spec, env };
  }

  /** Ends the program and starts it anew, e.g. because a server it uses has moved. */
  async restart(): Promise<void> {
    const before = this.restarting;
    const mine = (async () => {
      await before?.catch(() => undefined);
      await this.standDown();
      await this.child?.stop();
      await this.start();
    })();
    this.restarting = mine;
    await mine;
  }

  /** Ends a new start that is waiting or under way, so that one start at a time makes one child. */
  private async standDown(): Promise<void> {
    this.again?.cancel.abort();
    await this.child?.stop();
    await this.again?.done;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.child?.stop();
  }

  /** Ends the program at once. */
  kill(): void {
    this.stopping.abort();
    this.child?.kill();
  }

  private get ending(): AbortSignal {
    return AbortSignal.any([this.supervision.signal, this.stopping.signal]);
  }

  private async tooLong(inTime: AbortSignal): Promise<never> {
    await delay(READY_WITHIN_MS, undefined, { signal: AbortSignal.any([this.ending, inTime]) });
    throw new Error(`not ready after ${READY_WITHIN_MS / 1000} s`);
  }

  private watch(child: ChildProgram): void {
    const since = Date.now();
    void child.ended.then(({ how, asked }) => {
      if (asked || this.ending.aborted || child !== this.child) return;
      if (Date.now() - since > HEALTHY_AFTER_MS) this.crashes = 0;
      const cancel = new AbortController();
      const done = this.startAgain(how, AbortSignal.any([this.ending, cancel.signal]));
      this.again = { cancel, done };
    });
  }

  private async startAgain(how: string, ending: AbortSignal): Promise<void> {
    const { say, gaveUp, pauseMs = FIRST_PAUSE_MS } = this.supervision;
    const { name, logFile } = this.spec;
    for (let reason = how; !ending.aborted;) {
      this.crashes++;
      if (this.crashes > MOST_CRASHES) {
        gaveUp(
          new CliError(`The ${name} keeps ending (${reason}); its log is ${logFile}`, 1, this.child?.tail()),
        );
        return;
      }
      const pause = pauseMs * 2 ** Math.min(4, this.crashes - 1);
      say(`The ${name} has ended (${reason}); starting it again in ${pause / 1000} s`);
      try {
        await delay(pause, undefined, { signal: ending });
        await this.start();
        say(`The ${name} is back`);
        return;
      } catch (error) {
        reason = reasonOf(error);
      }
    }
  }
}
