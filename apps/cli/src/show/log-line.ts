import type { LogLevel } from '@cairn/skill-kit';
import { oneLine } from './format.js';
import type { Colours } from './screen.js';

/** A line that a skill has logged. */
export interface LoggedLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** As it is shown: what is out of the common is named and coloured. */
export function logLine(colours: Colours, { level, message, data }: LoggedLine): string {
  const text = `${oneLine(message)}${data ? ` ${colours.dim(JSON.stringify(data))}` : ''}`;
  if (level === 'error') return colours.red(`error: ${text}`);
  if (level === 'warn') return colours.yellow(`warning: ${text}`);
  return level === 'debug' ? colours.dim(text) : text;
}
