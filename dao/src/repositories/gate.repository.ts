import type { EntityManager } from 'typeorm';
import { Gate } from '../entities/gate.entity.js';
import type { GateDefault, GateStatus } from '../entities/status.js';
import { newId } from '../ids.js';
import { GatesAcrossTenants } from './gates-across-tenants.js';
import { type Page, type PagePosition, readPage } from './paging.js';
import { message, returning } from './sql.js';

/** A gate that does not exist yet. It starts `open`. */
export interface NewGate {
  tenantId: string;
  runId: string;
  stepId: string;
  role: string;
  /** JSON. */
  shown: unknown;
  shownDigest: string;
  otherwise: GateDefault;
  /** Until its deadline, from now on by the database's clock. Milliseconds. */
  withinMs: number;
}

/** Somebody's decision. */
export interface GateDecision {
  approve: boolean;
  /** Of what was shown to them. */
  digest: string;
  by: string;
  comment?: string | undefined;
}

/** Which gates to list, newest first. */
export interface GateFilter {
  limit: number;
  after?: PagePosition | undefined;
  status?: GateStatus | undefined;
  runId?: string | undefined;
}

/** The gates of a tenant's runs. Every change of status is one conditional statement, so concurrent writers are safe. */
export class GateRepository {
  /** What the reconciler does for all tenants at once. */
  readonly acrossTenants: GatesAcrossTenants;

  constructor(private readonly manager: EntityManager) {
    this.acrossTenants = new GatesAcrossTenants(manager);
  }

  /** Inserts a gate, unless its step has one. @returns whether it was inserted now. */
  async insertGate(gate: NewGate): Promise<boolean> {
    const rows = await returning<{ id: string }>(
      this.manager,
      `INSERT INTO "gate" ("id", "tenantId", "runId", "stepId", "role", "shown", "shownDigest", "otherwise", "deadlineAt",
                           "createdAt")
       VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, clock_timestamp() + $9::float8 * interval '1 millisecond',
               clock_timestamp())
       ON CONFLICT ("runId", "stepId") DO NOTHING RETURNING "id"`,
      [
        newId(),
        gate.tenantId,
        gate.runId,
        gate.stepId,
        gate.role,
        JSON.stringify(gate.shown ?? null),
        gate.shownDigest,
        gate.otherwise,
        gate.withinMs,
      ],
    );
    return rows.length > 0;
  }

  async getGate(tenantId: string, gateId: string): Promise<Gate | null> {
    return this.manager.findOneBy(Gate, { tenantId, id: gateId });
  }

  async getGateOfStep(tenantId: string, runId: string, stepId: string): Promise<Gate | null> {
    return this.manager.findOneBy(Gate, { tenantId, runId, stepId });
  }

  /** For how long a gate is still open by the database's clock: 0 when its deadline has passed. Milliseconds. */
  async remainingMs(tenantId: string, gateId: string): Promise<number> {
    const [row] = await this.manager.query<{ ms: number }[]>(
      `SELECT GREATEST(0, extract(epoch FROM "deadlineAt" - clock_timestamp()) * 1000)::float8 AS "ms" FROM "gate"
        WHERE "tenantId" = $1 AND "id" = $2`,
      [tenantId, gateId],
    );
    return row?.ms ?? 0;
  }

  /**
   * Records a decision on a gate that is open, shows what was decided on, and whose deadline has not passed.
   * @returns the gate as it is now; null when nothing was recorded
   */
  async decide(tenantId: string, gateId: string, decision: GateDecision): Promise<Gate | null> {
    const rows = await returning<Gate>(
      this.manager,
      `UPDATE "gate"
          SET "status" = $3, "decidedBy" = $4, "comment" = $5, "decidedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "status" = 'open' AND "shownDigest" = $6
          AND "deadlineAt" > clock_timestamp()
        RETURNING *`,
      [
        tenantId,
        gateId,
        decision.approve ? 'approved' : 'rejected',
        message(decision.by),
        message(decision.comment ?? null),
        decision.digest,
      ],
    );
    return rows[0] ?? null;
  }

  /** Has a gate's deadline decide, whatever the database's clock says. @returns false when it is not open. */
  async expire(tenantId: string, gateId: string): Promise<boolean> {
    const rows = await returning<unknown>(
      this.manager,
      `UPDATE "gate"
          SET "status" = CASE "otherwise" WHEN 'approve' THEN 'approved' ELSE 'rejected' END, "expired" = true,
              "decidedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "id" = $2 AND "status" = 'open' RETURNING 1`,
      [tenantId, gateId],
    );
    return rows.length > 0;
  }

  /** Takes an earlier decision over for a gate that is open. */
  async adopt(tenantId: string, gateId: string, earlier: Gate): Promise<void> {
    await this.manager.query(
      `UPDATE "gate" SET "status" = $3, "decidedBy" = $4, "comment" = $5, "decidedAt" = $6
        WHERE "tenantId" = $1 AND "id" = $2 AND "status" = 'open'`,
      [tenantId, gateId, earlier.status, earlier.decidedBy, earlier.comment, earlier.decidedAt],
    );
  }

  /** Closes the gates of a run that has ended. @returns those that were open. */
  async closeGates(tenantId: string, runId: string): Promise<Gate[]> {
    return returning<Gate>(
      this.manager,
      `UPDATE "gate" SET "status" = 'closed', "decidedAt" = clock_timestamp()
        WHERE "tenantId" = $1 AND "runId" = $2 AND "status" = 'open' RETURNING *`,
      [tenantId, runId],
    );
  }

  /** The nearest decision by a person on the same, by a step of a run or of those that it retries. */
  async findDecided(
    tenantId: string,
    runId: string,
    { stepId, shownDigest }: { stepId: string; shownDigest: string },
  ): Promise<Gate | null> {
    const [row] = await this.manager.query<Gate[]>(
      `WITH RECURSIVE "tried" AS (
         SELECT "id", "retryOfRunId", 0 AS "distance" FROM "run" WHERE "tenantId" = $1 AND "id" = $2
         UNION ALL
         SELECT "run"."id", "run"."retryOfRunId", "tried"."distance" + 1
           FROM "run" JOIN "tried" ON "run"."id" = "tried"."retryOfRunId" WHERE "run"."tenantId" = $1)
       SELECT "gate".* FROM "gate" JOIN "tried" ON "tried"."id" = "gate"."runId"
        WHERE "gate"."stepId" = $3 AND "gate"."shownDigest" = $4 AND NOT "gate"."expired"
          AND "gate"."status" IN ('approved', 'rejected')
        ORDER BY "tried"."distance" LIMIT 1`,
      [tenantId, runId, stepId, shownDigest],
    );
    return row ?? null;
  }

  /** Newest first, a page at a time. */
  async listGates(tenantId: string, filter: GateFilter): Promise<Page<Gate>> {
    const query = this.manager
      .createQueryBuilder(Gate, 'gate')
      .where('gate.tenantId = :tenantId', { tenantId });
    if (filter.status) query.andWhere('gate.status = :status', { status: filter.status });
    if (filter.runId) query.andWhere('gate.runId = :runId', { runId: filter.runId });
    return readPage(query, 'gate', 'DESC', filter.limit, filter.after);
  }
}
