import type { Gate, JsonObject, NewEvent } from '@cairn/dao';

/** What has just become of a gate: that it was opened, or how and by whom it was decided. */
export function gateEvent(gate: Gate, more: JsonObject = {}): NewEvent {
  const { tenantId, runId, stepId, id, role, shownDigest, status, expired, decidedBy, comment } = gate;
  const about = { gateId: id, role, shownDigest };
  const at = { tenantId, runId, stepId };
  if (status === 'open')
    return {
      ...at,
      type: 'gate.opened',
      // Once, however often it is opened.
      attempt: 1,
      data: { ...about, deadlineAt: gate.deadlineAt.toISOString() },
    };
  if (expired) return { ...at, type: 'gate.expired', data: { ...about, approved: status === 'approved' } };
  return {
    ...at,
    type: `gate.${status}`,
    data: { ...about, by: decidedBy, ...(comment !== null && { comment }), ...more },
  };
}
