import { RATE, tangent } from './arithmetic.js';

export type FilterKind = 'low' | 'band' | 'high';

/**
 * A two-pole state variable filter in its topology-preserving form (V. Zavalishin, The Art of VA Filter Design,
 * chapter 4): stays stable while its cutoff moves.
 */
export class StateVariableFilter {
  private g = 0;
  private k = 1;
  private a = 1;
  private s1 = 0;
  private s2 = 0;

  constructor(private readonly kind: FilterKind) {}

  /** @param cutoff in Hz, kept below 0.45 of the rate. @param resonance 0 (none) to 1 (just not ringing). */
  tune(cutoff: number, resonance: number): void {
    const turns = Math.min(Math.max(cutoff, 10) / RATE, 0.45) / 2;
    this.g = tangent(turns);
    this.k = 2 - 1.9 * resonance;
    this.a = 1 / (1 + this.g * (this.g + this.k));
  }

  /** The next frame. */
  run(x: number): number {
    const band = this.a * (this.s1 + this.g * (x - this.s2));
    const low = this.s2 + this.g * band;
    this.s1 = 2 * band - this.s1;
    this.s2 = 2 * low - this.s2;
    if (this.kind === 'low') return low;
    return this.kind === 'band' ? band * this.k : x - this.k * band - low;
  }
}
