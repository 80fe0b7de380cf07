import type { Outcome } from '../../../browser/protocol.js';
import type { Particles } from './particles.js';

/** Confetti from both sides and out of the wheel for a win; a few tired scraps for a loss. */
export function celebrate(particles: Particles, outcome: Outcome, wheel: DOMRect): void {
  const { innerWidth: width, innerHeight: height } = window;
  const x = wheel.left + wheel.width / 2;
  const y = wheel.top + wheel.height / 2;
  if (outcome === 'lost') {
    particles.burst(x, wheel.top + wheel.height * 0.1, 14, {
      degrees: 90,
      spread: 150,
      speed: 130,
      life: 1.6,
      size: 9,
    });
    return;
  }
  const reach = Math.max(width, height);
  particles.burst(x, y, 90, { degrees: -90, spread: 360, speed: reach * 0.8, life: 2.4, size: 14 });
  particles.burst(0, height * 0.75, 70, { degrees: -62, spread: 40, speed: reach * 1.5, life: 3, size: 14 });
  particles.burst(width, height * 0.75, 70, {
    degrees: -118,
    spread: 40,
    speed: reach * 1.5,
    life: 3,
    size: 14,
  });
}
