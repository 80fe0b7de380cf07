import type { EntityManager } from 'typeorm';
import { isOlder } from './blob-marks.js';

/** A run's step that waits though its gate is decided, and the workflow to tell. */
export interface UntoldGate {
  gateId: string;
  stepId: string;
  temporalWorkflowId: string;
}

/** What the reconciler asks about the gates of all tenants. Ages are judged by the database's clock. */
export class GatesAcrossTenants {
  constructor(private readonly manager: EntityManager) {}

  /** Gates that were decided so long ago while their step goes on waiting; the oldest decisions first. */
  async findUntold(filter: { decidedForMs: number; limit: number }): Promise<UntoldGate[]> {
    return this.manager.query<UntoldGate[]>(
      `SELECT "gate"."id" AS "gateId", "gate"."stepId", "run"."temporalWorkflowId"
         FROM "run"
         JOIN "gate" ON "gate"."runId" = "run"."id"
         JOIN "run_step" AS "step" ON "step"."runId" = "gate"."runId" AND "step"."stepId" = "gate"."stepId"
        WHERE "run"."status" = 'running' AND "gate"."status" IN ('approved', 'rejected')
          AND "step"."status" = 'running' AND ${isOlder('"gate"."decidedAt"', '$1')}
        ORDER BY "gate"."decidedAt" LIMIT $2`,
      [filter.decidedForMs, filter.limit],
    );
  }
}
