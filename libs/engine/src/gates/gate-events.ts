import type { Gate, NewEvent } from '@cairn/dao';

/** What has just become of a gate: that it was opened or closed, or how and by whom it was decided. */
export function gateEvent(gate: Gate, more: { takenOverFrom?: string } = {}): NewEvent {
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
  if (status === 'closed') return { ...at, type: 'gate.closed', data: about };
  if (expired) return { ...at, type: 'gate.expired', data: { ...about, approved: status === 'approved' } };
  const decision = { ...about, by: decidedBy, ...(comment !== null && { comment }), ...more };
  return status === 'approved'
    ? { ...at, type: 'gate.approved', data: decision }
    : { ...at, type: 'gate.rejected', data: decision };
}
