/** Degrees per second above which letting go counts as a push. */
const PUSH = 90;
/** Degrees within which a touch counts as a tap. */
const TAP = 4;

/**
 * Lets a finger or the mouse turn the wheel. A tap on the wheel, or letting go with some speed, spins it the
 * way it was pushed.
 */
export function makeDraggable(
  element: SVGSVGElement,
  handlers: {
    enabled(): boolean;
    angle(): number;
    turn(degrees: number): void;
    spin(direction: 1 | -1): void;
  },
): void {
  let held: { id: number; grip: number; moved: number; speed: number; at: number } | undefined;
  const bearing = (event: PointerEvent) => {
    const box = element.getBoundingClientRect();
    const dx = event.clientX - (box.left + box.width / 2);
    const dy = event.clientY - (box.top + box.height / 2);
    return (Math.atan2(dy, dx) * 180) / Math.PI;
  };
  const nearest = (degrees: number) => ((((degrees + 180) % 360) + 360) % 360) - 180;

  element.addEventListener('pointerdown', event => {
    if (!handlers.enabled() || event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    held = { id: event.pointerId, grip: bearing(event), moved: 0, speed: 0, at: event.timeStamp };
  });
  element.addEventListener('pointermove', event => {
    if (held?.id !== event.pointerId || !handlers.enabled()) return;
    const now = bearing(event);
    const delta = nearest(now - held.grip);
    const seconds = Math.max(0.001, (event.timeStamp - held.at) / 1000);
    held.speed = held.speed * 0.6 + (delta / seconds) * 0.4;
    held.moved += Math.abs(delta);
    held.grip = now;
    held.at = event.timeStamp;
    handlers.turn(handlers.angle() + delta);
  });
  element.addEventListener('pointerup', event => {
    if (held?.id !== event.pointerId) return;
    const { moved, speed } = held;
    held = undefined;
    if (!handlers.enabled()) return;
    if (moved < TAP) handlers.spin(1);
    else if (Math.abs(speed) > PUSH) handlers.spin(speed > 0 ? 1 : -1);
  });
  element.addEventListener('pointercancel', () => (held = undefined));
}
