import {
  isDatabaseUnavailable,
  repositories,
  type DataSource,
  type MapOfRun,
  type NewEvent,
} from '@cairn/dao';
import type { Log } from '../log.js';
import { AttemptReports, type ReportingAttempt } from './attempt-reports.js';
import { MapReports } from './map-reports.js';

/** How often what was said is written. Milliseconds. */
const EVERY_MS = 250;
/** Events of one statement. */
const BATCH = 500;
/** What is kept for later while the database is away; the oldest goes first. */
const MOST_WAITING = 20_000;

/**
 * What attempts and maps say of themselves while they go on, as events: progress and logs. They are written a few times
 * a second, those of all attempts together, outside the transactions of steps. None of it decides anything: what cannot
 * be written holds nobody up.
 */
export class Reports {
  private readonly attempts = new Set<AttemptReports>();
  private readonly maps: MapReports;
  private waiting: NewEvent[] = [];
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private ticking = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Log,
  ) {
    this.maps = new MapReports(dataSource);
  }

  /** An attempt begins to report. */
  begin(attempt: ReportingAttempt): AttemptReports {
    const reports = new AttemptReports(attempt);
    this.attempts.add(reports);
    this.keepWriting();
    return reports;
  }

  /** Writes all that an attempt has said; what it says later is not heard. */
  async end(reports: AttemptReports): Promise<void> {
    this.attempts.delete(reports);
    await this.tell(reports.take(performance.now(), true));
  }

  /** Items of a map have ended. */
  mapMoved(map: MapOfRun): void {
    this.maps.moved(map);
    this.keepWriting();
  }

  /** All items of a map have ended. */
  async mapEnds(map: MapOfRun): Promise<void> {
    await this.tell(await this.maps.end(map));
  }

  /** Writes events that belong to no change of a state, after all that was said before. */
  async tell(events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.waiting = [...this.waiting, ...events].slice(-MOST_WAITING);
    await this.write();
  }

  /** Writes all that was said. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const reports of this.attempts) this.waiting.push(...reports.take(performance.now(), true));
    await this.write();
  }

  private keepWriting(): void {
    this.timer ??= setInterval(() => void this.tick(), EVERY_MS).unref();
  }

  private async tick(): Promise<void> {
    if (this.ticking) return;
    this.ticking = true;
    await this.look();
    this.ticking = false;
  }

  private async look(): Promise<void> {
    const now = performance.now();
    const said = [...this.attempts].flatMap(reports => reports.take(now));
    const ofMaps = await this.maps.take(now).catch(() => []);
    await this.tell([...said, ...ofMaps]);
    if (this.waiting.length > 0) await this.write();
    if (this.attempts.size > 0 || this.maps.areDue || this.waiting.length > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** One after the other, so that what was said first comes first. */
  private write(): Promise<void> {
    this.writing = this.writing.then(() => this.writeWaiting());
    return this.writing;
  }

  private async writeWaiting(): Promise<void> {
    const { events } = repositories(this.dataSource);
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        await events.append(batch);
      } catch (error) {
        this.log.warn({ error: (error as Error).message }, 'what steps report could not be written');
        // Anything else would be met again.
        if (!isDatabaseUnavailable(error)) continue;
        this.waiting = [...batch, ...this.waiting].slice(-MOST_WAITING);
        this.keepWriting();
        return;
      }
    }
  }
}
