import type { NewEvent } from '@cairn/dao';
import type { events } from '@cairn/dto';
import { cleanFields, cleanText } from './clean.js';

/** Whose reports they are. */
export interface ReportingAttempt {
  readonly tenantId: string;
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  /** For an item of a map: how far these are would be too much to tell. */
  readonly isItem: boolean;
}

export type LogLevel = events.EventData<'step.log'>['level'];

/** How often an attempt's progress is told at most. Milliseconds. */
const PROGRESS_EVERY_MS = 1_000;
/** What of an attempt's log is kept: its beginning. Lines, and their length together in UTF-16 code units. */
const MOST_LINES = { ofStep: 1_000, ofItem: 100 };
const MOST_LENGTH = 256 * 1024;

/** What an attempt says of itself, until somebody takes it. An attempt that is late says by its number that it is. */
export class AttemptReports {
  private lines: NewEvent<'step.log'>[] = [];
  private kept = 0;
  private length = 0;
  private dropped = 0;
  private latest: NewEvent<'step.progress'> | undefined;
  private takenAt = -Infinity;

  constructor(private readonly of: ReportingAttempt) {}

  /** @param fraction 0..1; any other is told as the nearest of these, and what is no number is not told. */
  progress(fraction: number, message?: string): void {
    if (this.of.isItem || Number.isNaN(fraction)) return;
    const { attempt } = this.of;
    const data = {
      attempt,
      fraction: Math.min(1, Math.max(0, fraction)),
      ...(message !== undefined && { message: cleanText(message) }),
    };
    this.latest = { ...this.about, type: 'step.progress', data };
  }

  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    const text = cleanText(message);
    const data = fields && cleanFields(fields);
    const length = text.length + (data ? JSON.stringify(data).length : 0);
    const most = this.of.isItem ? MOST_LINES.ofItem : MOST_LINES.ofStep;
    if (this.kept >= most || this.length + length > MOST_LENGTH) {
      this.dropped += 1;
      return;
    }
    this.kept += 1;
    this.length += length;
    const at = new Date().toISOString();
    const line = { attempt: this.of.attempt, level, message: text, ...(data && { data }), at };
    this.lines.push({ ...this.about, type: 'step.log', data: line });
  }

  /** What is to be told now. @param now `performance.now()`. @param last nothing comes after it: all there is. */
  take(now: number, last = false): NewEvent[] {
    const taken: NewEvent[] = this.lines;
    this.lines = [];
    if (this.latest && (last || now - this.takenAt >= PROGRESS_EVERY_MS)) {
      taken.push(this.latest);
      this.latest = undefined;
      this.takenAt = now;
    }
    if (last && this.dropped > 0) {
      const data = { attempt: this.of.attempt, lines: this.dropped };
      taken.push({ ...this.about, type: 'step.log_dropped', data });
      this.dropped = 0;
    }
    return taken;
  }

  private get about() {
    const { tenantId, runId, stepId } = this.of;
    return { tenantId, runId, stepId };
  }
}
