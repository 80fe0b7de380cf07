import { repositories, type DataSource, type Run } from '@cairn/dao';
import type { Graph } from '@cairn/pipeline';
import type { Log } from '../log.js';
import type { RunControl, WorkflowState } from './run-control.js';
import { runStart } from './run-service.js';
import { settleRun, type Settlement } from './settle-run.js';

export interface ReconcilerSettings {
  /** A queued run this old was not started by the request that made it. Milliseconds. */
  readonly startAfterMs: number;
  /** How often a live run is compared with Temporal. Milliseconds. */
  readonly checkEveryMs: number;
  /** Runs per tick. */
  readonly batch: number;
}
const DEFAULTS: ReconcilerSettings = { startAfterMs: 3_000, checkEveryMs: 3_000, batch: 100 };

/** A round gives up after so many runs that could not be started or compared. */
const MAX_FAILURES = 10;

/** How a run ends whose workflow has ended without telling. */
const ENDINGS: Readonly<Record<Exclude<WorkflowState, 'running' | 'not_found'>, Settlement>> = {
  terminated: { status: 'failed', code: 'TERMINATED', message: 'The workflow was terminated in Temporal' },
  timed_out: { status: 'failed', code: 'TIMED_OUT', message: 'The workflow timed out in Temporal' },
  failed: { status: 'failed', code: 'WORKFLOW_FAILED', message: 'The workflow failed in Temporal' },
  cancelled: { status: 'cancelled', code: 'CANCELLED', message: 'The workflow was cancelled in Temporal' },
  completed: {
    status: 'failed',
    code: 'WORKFLOW_ENDED',
    message: 'The workflow ended without recording a result',
  },
};

/**
 * Makes Temporal and the records agree, both ways: runs that Temporal does not know are started, runs whose
 * workflow has ended are ended. Every action is idempotent, so several processes may do this at once.
 */
export class Reconciler {
  private readonly settings: ReconcilerSettings;

  constructor(
    private readonly parts: { dataSource: DataSource; control: RunControl; log: Log },
    settings: Partial<ReconcilerSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /**
   * One round.
   * @returns how many runs were started and ended.
   * @throws when the database or Temporal cannot be reached, or what the first run that failed to be started or
   *   compared threw, after the others have had their turn; the next round goes on.
   */
  async tick(): Promise<{ started: number; settled: number }> {
    const { startAfterMs, checkEveryMs, batch } = this.settings;
    const { acrossTenants } = repositories(this.parts.dataSource).runs;
    const failures: unknown[] = [];
    let started = 0;
    let settled = 0;
    const queued = await acrossTenants.findRunsWithoutWorkflow({ olderThanMs: startAfterMs, limit: batch });
    await this.each(queued, failures, async run => {
      await this.start(run);
      started += 1;
    });
    const live = await acrossTenants.findLiveRuns({ checkedBeforeMs: checkEveryMs, limit: batch });
    // A queued one too, once Temporal has it: its workflow may have been terminated before it took the run up.
    const known = live.filter(
      ({ status, startRequestedAt }) => status === 'running' || startRequestedAt !== null,
    );
    await this.each(known, failures, async run => {
      if (await this.compare(run)) settled += 1;
    });
    // Those that failed too: they must not keep the others from their turn.
    await acrossTenants.markReconciled(live.map(({ id }) => id));
    if (failures.length > 0) throw failures[0];
    return { started, settled };
  }

  /** One run's trouble is not the others'; with many in a round, Temporal itself is in trouble. */
  private async each(
    runs: readonly Run[],
    failures: unknown[],
    action: (run: Run) => Promise<void>,
  ): Promise<void> {
    for (const run of runs) {
      if (failures.length >= MAX_FAILURES) return;
      await action(run).catch((error: unknown) => {
        this.parts.log.warn({ runId: run.id, error: (error as Error).message }, 'a run cannot be reconciled');
        failures.push(error);
      });
    }
  }

  private async start(run: Run): Promise<void> {
    const { dataSource, control, log } = this.parts;
    const { runs, graphs } = repositories(dataSource);
    const graph = await graphs.getGraph(run.graphDigest);
    await control.start(runStart(run, (graph?.graph as unknown as Graph | undefined)?.search ?? {}));
    await runs.recordStartRequested(run.tenantId, run.id);
    log.info({ runId: run.id }, 'started a run that Temporal did not have');
  }

  private async compare(run: Run): Promise<boolean> {
    const { dataSource, control, log } = this.parts;
    const state = await control.describe(run.temporalWorkflowId);
    if (state === 'running') return false;
    if (state === 'not_found') {
      await this.start(run);
      return false;
    }
    // It may have recorded its own end between the two looks; settleRun then leaves that as it is.
    const ended = await settleRun(dataSource, { tenantId: run.tenantId, runId: run.id }, ENDINGS[state]);
    if (ended) log.warn({ runId: run.id, state }, 'ended a run whose workflow had ended');
    return ended;
  }
}
