import { durationMs } from '@cairn/skill-kit';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** Milliseconds of a duration as requests write it: `30d`, or `0`. @throws TypeError when it is not of this form */
export const fromDuration = (text: string): number => (text === '0' ? 0 : durationMs(text));

/** The shortest way to write it: in the largest unit of which it is a whole number. */
export function toDuration(ms: number): string {
  if (ms === 0) return '0';
  const [unit, length] = UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? (['ms', 1] as const);
  return `${ms / length}${unit}`;
}
