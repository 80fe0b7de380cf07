import { isTerminalRunStatus, repositories, transaction, type DataSource, type Run } from '@cairn/dao';
import type { Log } from '../log.js';
import type { OpenWorkflow, RunControl } from './run-control.js';
import { endOpenSteps, type Settlement } from './settle-run.js';

export interface StraySettings {
  /** Between the end of one look at all open workflows and the next. Milliseconds. */
  readonly sweepEveryMs: number;
  /** A workflow is stray when it has been found so for this long: one that has just recorded its end is about to. Milliseconds. */
  readonly strayForMs: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Ends workflows that nobody waits for: their run has ended, is not recorded, or is executed by another workflow.
 *
 * It lists what Temporal holds for open, a page at a time. That is bounded by what is under way, not by all the runs that
 * have ever ended, and finds what no row tells of: a run that was deleted, or recorded after the backup that the
 * database was restored from. Such a workflow is ended only once the database was seen to know another one: with the
 * wrong database nothing is ended. A list that is late costs nothing: what has begun is on the next one, what has ended
 * cannot be ended again.
 */
export class StrayWorkflows {
  /** The executions that are strays to all appearance, and since when. */
  private suspects = new Map<string, number>();
  private seen = new Map<string, number>();
  private page: Uint8Array | undefined;
  private sweptAt: number | undefined;
  /** Whether the database has told of any open workflow yet. */
  private knowsSome = false;

  constructor(
    private readonly parts: { dataSource: DataSource; control: RunControl; log: Log },
    private readonly settings: StraySettings,
  ) {}

  /**
   * Looks at the next page, when it is time to.
   * @returns how many workflows it ended.
   * @throws when the database or Temporal cannot be reached; the same page has its turn again.
   */
  async endSome(): Promise<number> {
    const { sweepEveryMs } = this.settings;
    if (this.sweptAt !== undefined && performance.now() - this.sweptAt < sweepEveryMs) return 0;
    const { workflows, next } = await this.listPage();
    const ours = workflows.filter(({ runId }) => UUID.test(runId));
    const { acrossTenants } = repositories(this.parts.dataSource).runs;
    const found = await acrossTenants.findRuns([...new Set(ours.map(({ runId }) => runId))]);
    const runs = new Map(found.map(run => [run.id, run]));
    this.knowsSome ||= runs.size > 0;
    let ended = 0;
    for (const workflow of ours) {
      const run = runs.get(workflow.runId);
      // A database that knows none of them is more likely the wrong one than one that has lost them all.
      if (!run && !this.knowsSome) continue;
      if (await this.judge(workflow, run)) ended += 1;
    }
    this.page = next;
    if (!next) this.finishSweep();
    return ended;
  }

  private async listPage(): ReturnType<RunControl['listOpen']> {
    try {
      return await this.parts.control.listOpen(this.page);
    } catch (error) {
      // A token may have been forgotten, e.g. by another server: then the next look is from the beginning.
      this.page = undefined;
      throw error;
    }
  }

  private finishSweep(): void {
    this.sweptAt = performance.now();
    this.suspects = this.seen;
    this.seen = new Map();
  }

  private async judge(workflow: OpenWorkflow, run: Run | undefined): Promise<boolean> {
    const why = strayBecause(workflow, run);
    if (why === undefined) return false;
    const { executionId } = workflow;
    const since = this.seen.get(executionId) ?? this.suspects.get(executionId) ?? performance.now();
    this.seen.set(executionId, since);
    if (performance.now() - since < this.settings.strayForMs) return false;
    const { dataSource, control, log } = this.parts;
    const { temporalWorkflowId, runId } = workflow;
    const ended = await control.terminate(workflow, why);
    if (ended) log.warn({ runId, temporalWorkflowId, executionId, why }, 'ended a stray workflow');
    // Whoever ended the run by hand may have left its steps open.
    if (run && isTerminalRunStatus(run.status))
      await transaction(dataSource, tx => endOpenSteps(tx, { tenantId: run.tenantId, runId }, endOf(run)));
    return ended;
  }
}

/** Why nobody waits for a workflow; undefined when somebody may. */
function strayBecause({ temporalWorkflowId, runId }: OpenWorkflow, run: Run | undefined): string | undefined {
  if (!run) return `Cairn has no record of run ${runId}`;
  if (isTerminalRunStatus(run.status)) return `Run ${runId} has ended: it is recorded as ${run.status}`;
  if (run.temporalWorkflowId !== temporalWorkflowId)
    return `Run ${runId} is executed by the workflow ${run.temporalWorkflowId}`;
  return undefined;
}

function endOf({ status, errorCode, error }: Run): Settlement {
  return {
    status: status as Settlement['status'],
    ...(errorCode !== null && { code: errorCode }),
    ...(error !== null && { message: error }),
  };
}
