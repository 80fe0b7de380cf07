import type { LogLevel } from '@cairn/skill-kit';
import type { SkillListener } from '@cairn/skill-kit/testing';
import { oneLine } from '../show/format.js';
import { logLine } from '../show/log-line.js';
import type { Screen } from '../show/screen.js';

/** Shows on standard error what a skill says while it works. */
export class SkillReporter implements SkillListener {
  private shown = '';

  constructor(private readonly screen: Screen) {}

  progress(fraction: number, message = ''): void {
    const line = `  ${String(Math.round(fraction * 100)).padStart(3)} %  ${oneLine(message)}`.trimEnd();
    if (this.screen.live) this.screen.show(() => [line]);
    else if (line !== this.shown) this.screen.line(line);
    this.shown = line;
  }

  log(level: LogLevel, message: string, fields?: Record<string, unknown>): void {
    this.line(logLine(this.screen.colours, { level, message, data: fields }));
  }

  line(text: string): void {
    this.screen.line(`  ${text}`);
  }

  /** The last state of the progress stays. */
  end(): void {
    this.screen.end(true);
  }
}
