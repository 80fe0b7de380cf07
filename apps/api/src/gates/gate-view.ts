import type { Gate } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { given } from '../runs/run-view.js';

/** A gate as lists show it. */
export function gateSummary(gate: Gate): http.GateSummary {
  return {
    id: gate.id,
    runId: gate.runId,
    stepId: gate.stepId,
    role: gate.role,
    shownDigest: gate.shownDigest,
    otherwise: gate.otherwise,
    status: gate.status,
    expired: gate.expired,
    deadlineAt: gate.deadlineAt.toISOString(),
    createdAt: gate.createdAt.toISOString(),
    ...given({
      decidedBy: gate.decidedBy,
      comment: gate.comment,
      decidedAt: gate.decidedAt?.toISOString(),
    }),
  };
}

/** A gate with what it shows. */
export function gateView(gate: Gate, files: http.GateFile[]): http.Gate {
  return { ...gateSummary(gate), shown: gate.shown, files };
}
