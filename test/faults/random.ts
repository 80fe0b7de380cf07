/** Random decisions that follow from a seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  /** One of these. @throws RangeError when there is none. */
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
  /** Another sequence, the same for the same name: one activity's decisions do not shift another's. */
  fork(name: string): Random;
}

/** A sequence that is the same for the same seed: mulberry32, which is small and even enough for tests. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const random: Random = {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: probability => next() < probability,
    pick: items => {
      if (items.length === 0) throw new RangeError('There is nothing to pick from');
      return items[Math.floor(next() * items.length)]!;
    },
    shuffled: items => {
      const rest = [...items];
      return items.map(() => rest.splice(Math.floor(next() * rest.length), 1)[0]!);
    },
    fork: name => seeded([...name].reduce((hash, c) => Math.imul(hash, 31) + c.codePointAt(0)!, seed)),
  };
  return random;
}
