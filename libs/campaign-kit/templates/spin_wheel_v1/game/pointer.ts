const STIFFNESS = 420;
const DAMPING = 17;
const FARTHEST = 34;

/**
 * The pointer as a damped spring: each peg knocks it aside, the harder the faster the wheel turns, and it
 * swings back. Angles are in degrees, times in seconds.
 */
export class Pointer {
  private angle = 0;
  private speed = 0;

  /** A peg passes; `strength` is 0..1, `direction` the way the wheel turns. */
  knock(strength: number, direction: 1 | -1): void {
    this.speed = -direction * (160 + 420 * strength);
  }

  /** Moves on by `seconds` and gives the angle. */
  step(seconds: number): number {
    // Small steps keep the spring stable when a frame comes late.
    for (let left = Math.min(seconds, 0.1); left > 0; left -= 0.004) {
      const dt = Math.min(left, 0.004);
      this.speed += (-STIFFNESS * this.angle - DAMPING * this.speed) * dt;
      this.angle = Math.max(-FARTHEST, Math.min(FARTHEST, this.angle + this.speed * dt));
    }
    return this.angle;
  }

  get resting(): boolean {
    return Math.abs(this.angle) < 0.05 && Math.abs(this.speed) < 1;
  }
}
