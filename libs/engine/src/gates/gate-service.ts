import { repositories, transaction, type DataSource, type Gate, type GateDecision } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { WakeControl } from '../claims/waker.js';
import type { Log } from '../log.js';
import { gateEvent } from './gate-events.js';

/** A decision, and as whom it is made. */
export type Decision = GateDecision & { readonly role: string };

export interface GateServiceParts {
  readonly dataSource: DataSource;
  readonly control: WakeControl;
  readonly log: Log;
}

/** Takes people's decisions on gates. */
export class GateService {
  constructor(private readonly parts: GateServiceParts) {}

  /**
   * Records somebody's decision, and tells the run. The decision counts once it is recorded: should Temporal be away,
   * the reconciler tells the run later. The same decision by the same person again changes nothing.
   *
   * @throws CairnError NOT_FOUND; ROLE_MISSING; GATE_DIGEST_DIFFERS when something else was decided on than is shown;
   *   GATE_CLOSED when it is decided otherwise, its deadline has passed or its run has ended.
   */
  async decide(tenantId: string, gateId: string, decision: Decision): Promise<Gate> {
    const { dataSource } = this.parts;
    const { gates } = repositories(dataSource);
    const gate = await gates.getGate(tenantId, gateId);
    if (!gate) throw new CairnError('NOT_FOUND', 'There is no such gate');
    refuseOthers(gate, decision);
    const decided = await transaction(dataSource, async tx => {
      const now = await tx.gates.decide(tenantId, gateId, decision);
      if (now) await tx.events.append([gateEvent(now)]);
      return now;
    });
    if (!decided) return repeated((await gates.getGate(tenantId, gateId)) ?? gate, decision);
    await this.tell(decided);
    return decided;
  }

  private async tell({ tenantId, runId, stepId, id: gateId }: Gate): Promise<void> {
    const { dataSource, control, log } = this.parts;
    try {
      const run = await repositories(dataSource).runs.getRun(tenantId, runId);
      if (run) await control.wake(run.temporalWorkflowId, stepId);
    } catch (error) {
      const fields = { runId, gateId, error: (error as Error).message };
      log.warn(fields, 'the decision is recorded; the run is told of it later');
    }
  }
}

/** @throws CairnError ROLE_MISSING, GATE_DIGEST_DIFFERS */
function refuseOthers({ role, shownDigest }: Gate, decision: Decision): void {
  if (decision.role !== role)
    throw new CairnError('ROLE_MISSING', `The gate is decided by ${role}, not by ${decision.role}`);
  if (decision.digest !== shownDigest)
    throw new CairnError(
      'GATE_DIGEST_DIFFERS',
      `The decision is about ${decision.digest}; what the gate shows is ${shownDigest}`,
    );
}

/** A gate that takes no decision any more, for whom it has this very one. @throws CairnError GATE_CLOSED */
function repeated(gate: Gate, { approve, by }: Decision): Gate {
  const { status, expired, decidedBy, deadlineAt } = gate;
  if (!expired && decidedBy === by && status === (approve ? 'approved' : 'rejected')) return gate;
  const why = {
    open: `its deadline was ${deadlineAt.toISOString()}`,
    closed: 'its run has ended',
    approved: expired ? 'its deadline has approved it' : `${decidedBy} has approved it`,
    rejected: expired ? 'its deadline has rejected it' : `${decidedBy} has rejected it`,
  }[status];
  throw new CairnError('GATE_CLOSED', `The gate takes no decision any more: ${why}`);
}
