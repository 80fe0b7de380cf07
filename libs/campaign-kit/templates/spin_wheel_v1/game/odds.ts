import type { Outcome } from '../../../browser/protocol.js';
import type { Prize } from './config.js';

/** A field of the wheel: a prize, and where it is, in fields clockwise from the top. */
export interface Segment extends Prize {
  readonly index: number;
}

const FEWEST = 6;

/** The fields of the wheel. A short list of prizes is repeated, so that there is a wheel to look at. */
export function segmentsOf(prizes: readonly Prize[]): Segment[] {
  const rounds = Math.max(1, Math.ceil(FEWEST / prizes.length));
  const fields = Array.from({ length: rounds }, () => prizes).flat();
  return fields.map((prize, index) => ({ ...prize, index }));
}

/**
 * Decides the game. The configured probability decides between won and lost, weights only among the fields of
 * that kind, and a wheel that has fields of one kind only can give no other outcome.
 *
 * @param random numbers in [0, 1): probability 0 never wins, probability 1 always does.
 */
export function decide(
  segments: readonly Segment[],
  winProbability: number,
  random: () => number,
): { outcome: Outcome; segment: Segment } {
  const wanted = random() < winProbability;
  const kind = segments.filter(s => s.win === wanted);
  const candidates = kind.length > 0 ? kind : segments;
  const total = candidates.reduce((sum, s) => sum + s.weight, 0);
  let rest = random() * total;
  let chosen = candidates[candidates.length - 1] as Segment;
  for (const candidate of candidates) {
    rest -= candidate.weight;
    if (rest < 0) {
      chosen = candidate;
      break;
    }
  }
  return { outcome: chosen.win ? 'won' : 'lost', segment: chosen };
}

/** A number in [0, 1) that a player cannot foresee. */
export function fairRandom(): number {
  const word = new Uint32Array(1);
  crypto.getRandomValues(word);
  return (word[0] ?? 0) / 2 ** 32;
}
