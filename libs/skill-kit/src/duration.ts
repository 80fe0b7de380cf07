const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a duration such as `250ms`, `30s`, `5m`, `12h` or `7d`.
 * @throws TypeError when it is not of this form.
 */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (!match)
    throw new TypeError(`A duration is like 250ms, 30s, 5m, 12h or 7d, not ${JSON.stringify(text)}`);
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
}
