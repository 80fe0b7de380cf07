/** Degrees within which a touch counts as a tap. */
const TAP = 4;

/**
 * Lets a finger or the mouse turn the wheel. Letting go spins it the way it was pushed, however gently; a
 * tap is a push too.
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
  let held: { id: number; grip: number; moved: number; last: number } | undefined;
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
    held = { id: event.pointerId, grip: bearing(event), moved: 0, last: 0 };
  });
  element.addEventListener('pointermove', event => {
    if (held?.id !== event.pointerId || !handlers.enabled()) return;
    const now = bearing(event);
    const delta = nearest(now - held.grip);
    held.moved += Math.abs(delta);
    if (delta !== 0) held.last = delta;
    held.grip = now;
    handlers.turn(handlers.angle() + delta);
  });
  element.addEventListener('pointerup', event => {
    if (held?.id !== event.pointerId) return;
    const { moved, last } = held;
    held = undefined;
    if (handlers.enabled()) handlers.spin(moved > TAP && last < 0 ? -1 : 1);
  });
  element.addEventListener('pointercancel', () => (held = undefined));
}
