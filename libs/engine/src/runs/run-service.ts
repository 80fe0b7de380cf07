import type { ArtifactStore } from '@cairn/artifact-store';
import { digestOf } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import {
  IdempotencyKeyTakenError,
  isTerminalRunStatus,
  newId,
  repositories,
  transaction,
  type DataSource,
  type JsonObject,
  type Run,
  type RunOptions,
  type RunStep,
} from '@cairn/dao';
import { CairnError, ValidationError, type http } from '@cairn/dto';
import { evaluate, type AnyWorkflow, type TriggerServices } from '@cairn/pipeline';
import type { Log } from '../log.js';
import { keepTriggerFiles } from '../uploads/trigger-files.js';
import { completeTrigger, refuseWhatIsNotJson, type CompleteTrigger } from './complete-trigger.js';
import type { RunControl, RunStart } from './run-control.js';
import { runOptions } from './run-options.js';
import { settleRun } from './settle-run.js';
import { StartImpossibleError } from './start-refusal.js';

export interface RunRequest {
  readonly workflow: string;
  /** The highest released one unless told. */
  readonly version?: string;
  readonly trigger: unknown;
  /** What it asks of the cache. */
  readonly options?: http.RunOptions;
}
export interface CreatedRun {
  readonly run: Run;
  readonly steps: readonly RunStep[];
  /** Whether an earlier request with the same idempotency key had made it. */
  readonly replayed: boolean;
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

/** A request that was found good, as the run keeps it. */
interface CheckedRequest extends CompleteTrigger {
  readonly workflow: AnyWorkflow;
  readonly options: RunOptions;
  readonly idempotencyKey: string | undefined;
  readonly requestDigest: string;
}

/**
 * What Temporal is told of a run, from its own records.
 * @throws StartImpossibleError when its graph cannot be evaluated on its trigger
 */
export function runStart(run: Run, graphSearch: AnyWorkflow['graph']['search']): RunStart {
  const env = new Map<string, unknown>([['$trigger', run.trigger]]);
  const tags = Object.entries(graphSearch).flatMap(([name, expr]) => {
    const value = searchValue(expr, env);
    return typeof value === 'string' ? [`${name}:${value}`] : [];
  });
  const { id: runId, tenantId, workflowName, workflowVersion, temporalWorkflowId } = run;
  return { runId, tenantId, workflowName, workflowVersion, temporalWorkflowId, tags };
}

function searchValue(
  expr: AnyWorkflow['graph']['search'][string],
  env: ReadonlyMap<string, unknown>,
): unknown {
  try {
    return evaluate(expr, env, { keyed: false });
  } catch (error) {
    if (error instanceof TypeError) throw new StartImpossibleError(error.message, { cause: error });
    throw error;
  }
}

/** Creates and cancels runs. */
export class RunService {
  constructor(private readonly parts: RunServiceParts) {}

  /**
   * Checks a request, writes the Run with its steps in one transaction, and asks Temporal to start it. When
   * Temporal is out of reach the run stays `queued`: the reconciler starts it later.
   *
   * @throws ValidationError with JSON Pointers into the trigger (`/workflow`, `/version`, `/options` for the
   *   envelope); CairnError IDEMPOTENCY_KEY_REUSED when the key came with another request; StoreUnavailableError.
   */
  async create(tenantId: string, request: RunRequest, idempotencyKey?: string): Promise<CreatedRun> {
    const workflow = this.workflowOf(request);
    refuseWhatIsNotJson(workflow, request.trigger);
    const { version, trigger: sent, options: asked } = request;
    const requestDigest = digestOf({ workflow: request.workflow, version, trigger: sent, options: asked });
    // Before the request is looked at closer: what it names may be gone since it made its run.
    const earlier = idempotencyKey && (await this.replay(tenantId, idempotencyKey, requestDigest));
    if (earlier) return earlier;
    const options = runOptions(workflow, asked);
    const { dataSource, store, triggerServices, verifyAfterMs } = this.parts;
    const sources = { dataSource, store, triggerServices, verifyAfterMs };
    const complete = await completeTrigger(sources, tenantId, workflow, sent);
    try {
      return await this.insert(tenantId, { workflow, options, idempotencyKey, requestDigest, ...complete });
    } catch (error) {
      if (!(error instanceof IdempotencyKeyTakenError) || !idempotencyKey) throw error;
      // Another request with the key was first, a moment ago.
      const first = await this.replay(tenantId, idempotencyKey, requestDigest);
      if (!first) throw error;
      return first;
    }
  }

  /**
   * Asks for the cancellation of a run; one that Temporal does not have yet is cancelled at once. A run that has
   * ended stays as it is; one whose workflow has ended is left to the reconciler, which knows how.
   *
   * @throws CairnError NOT_FOUND; what RunControl throws when Temporal is out of reach.
   */
  async cancel(tenantId: string, runId: string): Promise<Run> {
    const { dataSource, control } = this.parts;
    const { runs } = repositories(dataSource);
    const run = await runs.getRun(tenantId, runId);
    if (!run) throw new CairnError('NOT_FOUND', 'There is no such run');
    if (isTerminalRunStatus(run.status)) return run;
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

  private workflowOf({ workflow, version }: RunRequest): AnyWorkflow {
    const found = this.parts.catalog.workflow(workflow, version);
    if (found) return found;
    const known = this.parts.catalog.workflows.filter(({ name }) => name === workflow);
    const path = known.length > 0 ? '/version' : '/workflow';
    const message =
      known.length > 0
        ? `${workflow} has no version ${version}; it has ${known.map(w => w.version).join(', ')}`
        : `there is no workflow ${JSON.stringify(workflow)}`;
    throw new ValidationError([{ path, code: 'WORKFLOW_UNKNOWN', message }], 'The request');
  }

  private async replay(
    tenantId: string,
    key: string,
    requestDigest: string,
  ): Promise<CreatedRun | undefined> {
    const { runs } = repositories(this.parts.dataSource);
    const earlier = await runs.findByIdempotencyKey(tenantId, key);
    if (!earlier) return undefined;
    if (earlier.requestDigest !== requestDigest)
      throw new CairnError('IDEMPOTENCY_KEY_REUSED', 'The Idempotency-Key was used with another request');
    const found = await runs.getRunWithSteps(tenantId, earlier.id);
    return found ? { ...found, replayed: true } : undefined;
  }

  private async insert(tenantId: string, request: CheckedRequest): Promise<CreatedRun> {
    const { dataSource, store } = this.parts;
    const { trigger, files, options, idempotencyKey, requestDigest } = request;
    const { graph, name, version } = request.workflow;
    const runId = newId();
    const graphDigest = digestOf(graph);
    await transaction(dataSource, async tx => {
      await tx.graphs.putGraph({ digest: graphDigest, name, version, graph: graph as unknown as JsonObject });
      await tx.runs.insertRun({
        id: runId,
        tenantId,
        workflowName: name,
        workflowVersion: version,
        trigger,
        options,
        temporalWorkflowId: `run-${runId}`,
        graphDigest,
        idempotencyKey: idempotencyKey ?? null,
        requestDigest,
      });
      await keepTriggerFiles(tx, { tenantId, runId }, files, store);
      await tx.steps.insertSteps(
        graph.steps.map((step, position) => ({
          runId,
          tenantId,
          stepId: step.id,
          skillId: step.skill,
          position,
          inputHash: digestOf(step.input),
        })),
      );
    });
    const created = await this.started(tenantId, runId, graph.search);
    return { ...created, replayed: false };
  }

  private async started(tenantId: string, runId: string, search: AnyWorkflow['graph']['search']) {
    const { dataSource, control, log } = this.parts;
    const { runs } = repositories(dataSource);
    const created = await runs.getRunWithSteps(tenantId, runId);
    if (!created) throw new CairnError('NOT_FOUND', 'The run was deleted while it was created');
    try {
      await control.start(runStart(created.run, search));
      await runs.recordStartRequested(tenantId, runId);
    } catch (error) {
      log.warn({ runId, error: (error as Error).message }, 'the run is recorded; it will be started later');
    }
    return created;
  }
}
