import type { GateNode, SettledStep } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import type { Surroundings } from './surroundings.js';

/**
 * Shows what is to be approved, and waits for the decision, for days if need be, without an activity. It is this
 * workflow's own timer that makes the deadline decide.
 */
export async function awaitGate(
  node: GateNode,
  { run, wakes, waits, nameOf, input }: Surroundings,
): Promise<SettledStep> {
  const { id, role, withinMs, otherwise } = node;
  const gate = { ...run, stepId: nameOf(id) };
  wakes.forget(gate.stepId);
  let answer = await records.openGate({ ...gate, role, withinMs, otherwise, shown: input(node) });
  if (answer.kind !== 'open') return answer;
  const deadline = Date.now() + answer.forMs;
  waits(id, true);
  while (answer.kind === 'open') {
    const woken = await wakes.until(gate.stepId, Math.max(0, deadline - Date.now()));
    wakes.forget(gate.stepId);
    answer = await records.settleGate({ ...gate, expired: !woken });
  }
  waits(id, false);
  return answer;
}
