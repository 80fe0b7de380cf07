import {
  isDatabaseUnavailable,
  isTerminalRunStatus,
  repositories,
  transaction,
  type DataSource,
  type Run,
} from '@cairn/dao';
import type { Graph } from '@cairn/pipeline';
import { UntoldGates } from '../gates/untold-gates.js';
import type { Log } from '../log.js';
import type { RunControl } from './run-control.js';
import { runStart } from './new-runs.js';
import { settleRun, type Settlement } from './settle-run.js';
import { isRefusedForGood, reasonOf } from './start-refusal.js';
import { StrayWorkflows, type StraySettings } from './stray-workflows.js';
import { UNTOLD_ENDINGS } from './untold-endings.js';

export interface ReconcilerSettings extends StraySettings {
  /** A queued run this old was not started by the request that made it. Milliseconds. */
  readonly startAfterMs: number;
  /** How often a live run is compared with Temporal. Milliseconds. */
  readonly checkEveryMs: number;
  /** Runs per tick. */
  readonly batch: number;
  /**
   * Claims of a run that ended so long ago are ended. Before that, whoever holds one is told to stop and gives it up:
   * two would not execute the same at once. Milliseconds.
   */
  readonly claimsEndAfterMs: number;
}
const DEFAULTS: ReconcilerSettings = {
  startAfterMs: 3_000,
  checkEveryMs: 3_000,
  batch: 100,
  sweepEveryMs: 5_000,
  strayForMs: 15_000,
  claimsEndAfterMs: 30_000,
};

/** A part of a round is broken off after so many calls that were not answered: each may have waited for seconds. */
const MAX_UNANSWERED = 3;

/** What a round of the reconciler did. */
export interface Reconciliation {
  readonly started: number;
  readonly settled: number;
  /** Workflows that were ended. */
  readonly stopped: number;
}

/**
 * Makes Temporal and the records agree, both ways: runs that Temporal does not know are started, runs whose
 * workflow has ended are ended; workflows whose run has ended are ended, and what such runs still hold is let go. Runs
 * that wait at a gate which is decided are told. A child is its parent's to start; without one it is cancelled. Every
 * action is idempotent, so several processes may do this at once.
 */
export class Reconciler {
  private readonly settings: ReconcilerSettings;
  private readonly strays: StrayWorkflows;
  private readonly untoldGates: UntoldGates;

  constructor(
    private readonly parts: { dataSource: DataSource; control: RunControl; log: Log },
    settings: Partial<ReconcilerSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
    this.strays = new StrayWorkflows(parts, this.settings);
    this.untoldGates = new UntoldGates(parts);
  }

  /**
   * One round.
   * @throws when the database or Temporal cannot be reached, or else what the first run that failed to be started or
   *   compared threw, after the others have had their turn; the next round goes on.
   */
  async tick(): Promise<Reconciliation> {
    const { startAfterMs, checkEveryMs, batch } = this.settings;
    const { acrossTenants } = repositories(this.parts.dataSource).runs;
    let started = 0;
    let settled = 0;
    const queued = await acrossTenants.findRunsWithoutWorkflow({ olderThanMs: startAfterMs, limit: batch });
    const starting = await this.each(queued, async run => {
      if (await this.start(run)) started += 1;
      else settled += 1;
    });
    // What Temporal took before is marked when it is compared; marked here, its comparison would be put off for ever.
    const neverTaken = starting.tried.filter(({ startRequestedAt }) => startRequestedAt === null);
    await acrossTenants.markReconciled(neverTaken.map(({ id }) => id));
    const abandoned = await acrossTenants.findAbandonedChildren({ olderThanMs: startAfterMs, limit: batch });
    const abandoning = await this.each(abandoned, async run => {
      if (await this.abandon(run)) settled += 1;
    });
    const live = await acrossTenants.findLiveRuns({ checkedBeforeMs: checkEveryMs, limit: batch });
    const comparing = await this.each(live, async run => {
      if (await this.compare(run)) settled += 1;
    });
    // Those that failed too: they must not keep the others from their turn.
    await acrossTenants.markReconciled(comparing.tried.map(({ id }) => id));
    const failures = [...starting.failures, ...abandoning.failures, ...comparing.failures];
    const noting = (error: unknown) => {
      failures.push(error);
      return 0;
    };
    const stopped = failures.some(isOutage) ? 0 : await this.strays.endSome().catch(noting);
    if (!failures.some(isOutage)) await this.untoldGates.tell(batch).catch(noting);
    await this.letGo().catch(noting);
    if (failures.length > 0) throw failures.find(isOutage) ?? failures[0];
    return { started, settled, stopped };
  }

  /** Ends the claims of runs that have ended, and the waiting of their steps; who waits for such a claim is woken. */
  private async letGo(): Promise<number> {
    const { dataSource, log } = this.parts;
    const { claimsEndAfterMs, batch } = this.settings;
    const ended = await transaction(dataSource, async tx => {
      const filter = { endedForMs: claimsEndAfterMs, limit: batch };
      const keys = await tx.claims.acrossTenants.endClaimsOfEndedRuns(filter);
      // The wake-ups are sent by the workers, which look for those that are overdue.
      for (const key of keys) await tx.claims.wake(key, null);
      return keys.length;
    });
    if (ended > 0) log.warn({ claims: ended }, 'ended claims of runs that have ended');
    return ended + (await repositories(dataSource).claims.acrossTenants.forgetEndedWaiters(batch));
  }

  /** One run's trouble is not the others'; calls that are not answered are everyone's. */
  private async each(
    runs: readonly Run[],
    action: (run: Run) => Promise<void>,
  ): Promise<{ tried: readonly Run[]; failures: readonly unknown[] }> {
    const tried: Run[] = [];
    const failures: unknown[] = [];
    for (const run of runs) {
      if (failures.filter(isOutage).length >= MAX_UNANSWERED) break;
      tried.push(run);
      await action(run).catch((error: unknown) => {
        this.parts.log.warn(
          { tenantId: run.tenantId, runId: run.id, error: (error as Error).message },
          'a run cannot be reconciled',
        );
        failures.push(error);
      });
    }
    return { tried, failures };
  }

  /** @returns whether it was started; false when that is refused for good, and the run has failed therefore. */
  private async start(run: Run): Promise<boolean> {
    const { dataSource, control, log } = this.parts;
    const { runs, graphs } = repositories(dataSource);
    const graph = await graphs.getGraph(run.graphDigest);
    try {
      await control.start(runStart(run, (graph?.graph as unknown as Graph | undefined)?.search ?? {}));
    } catch (error) {
      if (!isRefusedForGood(error)) throw error;
      // A request is checked before it is found to repeat an earlier one: the run may have been started all the same.
      if ((await control.describe(run.temporalWorkflowId)) === 'not_found') {
        await this.refuse(run, reasonOf(error));
        return false;
      }
    }
    await runs.recordStartRequested(run.tenantId, run.id);
    log.info({ tenantId: run.tenantId, runId: run.id }, 'started a run that Temporal did not have');
    return true;
  }

  private async refuse(run: Run, reason: string): Promise<void> {
    const { dataSource, log } = this.parts;
    const message = `The start was refused: ${reason}`;
    const how: Settlement = { status: 'failed', code: 'START_REFUSED', message };
    await settleRun(dataSource, { tenantId: run.tenantId, runId: run.id }, how);
    log.warn({ tenantId: run.tenantId, runId: run.id, error: reason }, 'ended a run whose start is refused');
  }

  private async compare(run: Run): Promise<boolean> {
    const { dataSource, control, log } = this.parts;
    const state = await control.describe(run.temporalWorkflowId);
    if (state === 'running') return false;
    if (state === 'not_found')
      return run.parentRunId === null ? !(await this.start(run)) : this.compareChild(run, run.parentRunId);
    // It may have recorded its own end between the two looks; settleRun then leaves that as it is.
    const ended = await settleRun(
      dataSource,
      { tenantId: run.tenantId, runId: run.id },
      UNTOLD_ENDINGS[state],
    );
    if (ended)
      log.warn({ tenantId: run.tenantId, runId: run.id, state }, 'ended a run whose workflow had ended');
    return ended;
  }

  /** A child that Temporal does not have: its parent starts it, or starts it again, for as long as there is one. */
  private async compareChild(run: Run, parentRunId: string): Promise<boolean> {
    const parent = await repositories(this.parts.dataSource).runs.getRun(run.tenantId, parentRunId);
    return (!parent || isTerminalRunStatus(parent.status)) && this.abandon(run);
  }

  private async abandon(run: Run): Promise<boolean> {
    const { dataSource, log } = this.parts;
    const message = `The run ${run.parentRunId} ended before this one, which it had started, began`;
    const how: Settlement = { status: 'cancelled', code: 'CANCELLED', message };
    const ended = await settleRun(dataSource, { tenantId: run.tenantId, runId: run.id }, how);
    if (ended) log.warn({ tenantId: run.tenantId, runId: run.id }, 'cancelled a run whose parent has ended');
    return ended;
  }
}

/** The database or Temporal did not answer, whatever was asked. */
function isOutage(error: unknown): boolean {
  return (
    isDatabaseUnavailable(error) || (error as { code?: unknown } | null)?.code === 'TEMPORAL_UNAVAILABLE'
  );
}
