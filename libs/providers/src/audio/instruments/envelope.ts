import { RATE, fall } from '../dsp/arithmetic.js';
import type { Envelope } from './instrument.schema.js';

/** A straight rise, an exponential fall to the sustained level, and an exponential release; 0..1. */
export class EnvelopeGenerator {
  private level = 0;
  private frame = 0;
  private readonly rise: number;
  private readonly decay: number;
  private readonly release: number;

  /** @param held frames before the release. */
  constructor(
    private readonly envelope: Envelope,
    private readonly held: number,
  ) {
    this.rise = 1 / Math.max(1, Math.round(Math.max(envelope.attack, 0.001) * RATE));
    this.decay = fall(envelope.decay);
    this.release = fall(envelope.release);
  }

  private rising = true;

  /** The level at the next frame. */
  next(): number {
    if (this.frame++ >= this.held) {
      this.level *= this.release;
    } else if (this.rising) {
      this.level += this.rise;
      if (this.level >= 1) {
        this.level = 1;
        this.rising = false;
      }
    } else {
      const { sustain } = this.envelope;
      this.level = sustain + (this.level - sustain) * this.decay;
    }
    return this.level;
  }
}
