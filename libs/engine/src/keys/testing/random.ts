/** A repeatable source of choices. */
export interface Random {
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number;
  /** One of the items; undefined when there are none. */
  of<T>(items: readonly T[]): T | undefined;
}

/** Park and Miller's minimal standard generator: small, fast, of a known period, the same everywhere. */
export function randomOf(seed: number): Random {
  let state = (seed % 2_147_483_646) + 1;
  const below = (end: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * end);
  };
  return { below, of: items => items[below(items.length)] };
}
