/** A stream of numbers, 0 <= x < 1, the same for the same seed on every machine. */
export type Random = () => number;

/** 32-bit FNV-1a over the text's UTF-16 units, mixed with `seed`: gives each part of a piece a stream of its own. */
export function derive(seed: number, label: string): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A generator with 32 bits of state: a Weyl sequence, each value scrambled by the finaliser of MurmurHash3. */
export function random(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 4294967296;
  };
}

/**
 * One of the items, each as likely as the others.
 * @throws RangeError for an empty list.
 */
export function choose<T>(next: Random, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError('Nothing to choose from');
  return items[Math.floor(next() * items.length)]!;
}
