import type { ArtifactStore } from '@cairn/artifact-store';
import { digestOf } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import { isTerminalRunStatus, newId, repositories, type DataSource, type Run } from '@cairn/dao';
import { CairnError, type http } from '@cairn/dto';
import type { TriggerServices } from '@cairn/pipeline';
import type { Log } from '../log.js';
import { completeTrigger, refuseWhatIsNotJson } from './complete-trigger.js';
import { findWorkflow } from './find-workflow.js';
import { NewRuns, type CreatedRun } from './new-runs.js';
import type { RunControl } from './run-control.js';
import { runOptions } from './run-options.js';
import { settleRun } from './settle-run.js';

export interface RunRequest {
  readonly workflow: string;
  /** The highest released one unless told. */
  readonly version?: string;
  readonly trigger: unknown;
  /** What it asks of the cache. */
  readonly options?: http.RunOptions;
}

export interface RunServiceParts {
  readonly dataSource: DataSource;
  /** Where the files are that triggers name. */
  readonly store: ArtifactStore;
  readonly catalog: Catalog;
  readonly control: RunControl;
  readonly triggerServices: TriggerServices;
  /** How long a verification of stored bytes is relied on while their stamp stays. Milliseconds. */
  readonly verifyAfterMs: number;
  readonly log: Log;
}

/** Creates and cancels runs. */
export class RunService {
  private readonly newRuns: NewRuns;

  constructor(private readonly parts: RunServiceParts) {
    this.newRuns = new NewRuns(parts);
  }

  /**
   * Checks a request, writes the Run with its steps in one transaction, and asks Temporal to start it. When
   * Temporal is out of reach the run stays `queued`: the reconciler starts it later.
   *
   * @throws ValidationError with JSON Pointers into the trigger (`/workflow`, `/version`, `/options` for the
   *   envelope); CairnError IDEMPOTENCY_KEY_REUSED when the key came with another request; StoreUnavailableError.
   */
  async create(tenantId: string, request: RunRequest, idempotencyKey?: string): Promise<CreatedRun> {
    const workflow = findWorkflow(this.parts.catalog, request);
    refuseWhatIsNotJson(workflow, request.trigger);
    const { version, trigger: sent, options: asked } = request;
    const requestDigest = digestOf({ workflow: request.workflow, version, trigger: sent, options: asked });
    return this.newRuns.once({ tenantId, idempotencyKey, requestDigest }, async () => {
      const options = runOptions(workflow, asked);
      const complete = await completeTrigger(this.parts, tenantId, workflow, sent);
      return { run: { id: newId(), graph: workflow.graph, options, ...complete } };
    });
  }

  /**
   * Asks for the cancellation of a run; one that Temporal does not have yet is cancelled at once. A run that has
   * ended stays as it is; one whose workflow has ended is left to the reconciler, which knows how.
   *
   * @throws CairnError NOT_FOUND; what RunControl throws when Temporal is out of reach.
   */
  async cancel(tenantId: string, runId: string): Promise<Run> {
    const { dataSource, control } = this.parts;
    const { runs, events } = repositories(dataSource);
    const run = await runs.getRun(tenantId, runId);
    if (!run) throw new CairnError('NOT_FOUND', 'There is no such run');
    if (isTerminalRunStatus(run.status)) return run;
    // First of all: whatever comes of it, it was asked for.
    await events.append([{ tenantId, runId, type: 'run.cancel_requested' }]);
    const neverStarted = run.status === 'queued' && run.startRequestedAt === null;
    const asked = await control.cancel(run.temporalWorkflowId).catch((error: unknown) => {
      if (neverStarted) return 'not_found' as const;
      throw error;
    });
    if (asked === 'not_found' && (await this.neverBegan(tenantId, run, neverStarted)))
      await settleRun(
        dataSource,
        { tenantId, runId },
        { status: 'cancelled', code: 'CANCELLED', message: 'Cancelled before it began' },
      );
    return (await runs.getRun(tenantId, runId)) ?? run;
  }

  /**
   * Temporal finds no workflow to cancel when it has none, and when it has ended. Out of reach, it has none that was
   * never asked for.
   */
  private async neverBegan(tenantId: string, run: Run, neverStarted: boolean): Promise<boolean> {
    const { dataSource, control } = this.parts;
    const state = await control.describe(run.temporalWorkflowId).catch((error: unknown) => {
      if (neverStarted) return 'not_found' as const;
      throw error;
    });
    if (state !== 'not_found') return false;
    return (await repositories(dataSource).runs.getRun(tenantId, run.id))?.status === 'queued';
  }
}
