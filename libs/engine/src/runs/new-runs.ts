import type { ArtifactStore } from '@cairn/artifact-store';
import type { Catalog } from '@cairn/catalog';
import {
  IdempotencyKeyTakenError,
  repositories,
  transaction,
  type DataSource,
  type Repositories,
  type Run,
  type RunStep,
} from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import { evaluate, type Graph } from '@cairn/pipeline';
import type { Log } from '../log.js';
import { insertRun, type PinnedRun } from './insert-run.js';
import type { RunControl, RunStart } from './run-control.js';
import { refuseUnserved } from './served.js';
import { StartImpossibleError } from './start-refusal.js';

export interface CreatedRun {
  readonly run: Run;
  readonly steps: readonly RunStep[];
  /** Whether an earlier request with the same idempotency key had made it. */
  readonly replayed: boolean;
}

/** A request for a run, by which a repetition of it is known. */
export interface RequestName {
  readonly tenantId: string;
  readonly idempotencyKey?: string | undefined;
  /** Digest of the request, to tell a repetition from another request under the same key. */
  readonly requestDigest: string;
}

/** A run to be made for a request. */
export interface RequestedRun {
  readonly run: Omit<PinnedRun, 'tenantId' | 'idempotencyKey' | 'requestDigest'>;
  /** Looks again, in the transaction that records the run, whether it may be made; what it throws is thrown. */
  readonly unless?: (tx: Repositories) => Promise<void>;
}

/**
 * What Temporal is told of a run, from its own records.
 * @throws StartImpossibleError when its graph cannot be evaluated on its trigger
 */
export function runStart(run: Run, graphSearch: Graph['search']): RunStart {
  const env = new Map<string, unknown>([['$trigger', run.trigger]]);
  const tags = Object.entries(graphSearch).flatMap(([name, expr]) => {
    const value = searchValue(expr, env);
    return typeof value === 'string' ? [`${name}:${value}`] : [];
  });
  const { id: runId, tenantId, workflowName, workflowVersion, temporalWorkflowId } = run;
  return { runId, tenantId, workflowName, workflowVersion, temporalWorkflowId, tags };
}

function searchValue(expr: Graph['search'][string], env: ReadonlyMap<string, unknown>): unknown {
  try {
    return evaluate(expr, env, { keyed: false });
  } catch (error) {
    if (error instanceof TypeError) throw new StartImpossibleError(error.message, { cause: error });
    throw error;
  }
}

/** Records runs and has them started, once for each idempotency key. */
export class NewRuns {
  constructor(
    private readonly parts: {
      readonly dataSource: DataSource;
      readonly store: ArtifactStore;
      readonly catalog: Catalog;
      readonly control: RunControl;
      readonly log: Log;
    },
  ) {}

  /**
   * Makes the run of a request, or gives the one that an earlier request with its key has made. `make` checks the
   * request; it is asked only for a new one, as what a request names may be gone since it made its run.
   *
   * @throws CairnError IDEMPOTENCY_KEY_REUSED when the key came with another request; SKILL_NOT_SERVED;
   *   STORE_UNAVAILABLE; what `make` throws.
   */
  async once(request: RequestName, make: () => Promise<RequestedRun>): Promise<CreatedRun> {
    const earlier = await this.replay(request);
    if (earlier) return earlier;
    const { tenantId, requestDigest, idempotencyKey = null } = request;
    const { run, unless } = await make();
    await refuseUnserved(this.parts, run.graph);
    try {
      await transaction(this.parts.dataSource, async tx => {
        await unless?.(tx);
        await insertRun(tx, this.parts.store, { ...run, tenantId, idempotencyKey, requestDigest });
      });
    } catch (error) {
      // Another request with the key was first, a moment ago.
      const first = error instanceof IdempotencyKeyTakenError ? await this.replay(request) : undefined;
      if (!first) throw error;
      return first;
    }
    return { ...(await this.started(tenantId, run.id, run.graph.search)), replayed: false };
  }

  private async replay({
    tenantId,
    idempotencyKey,
    requestDigest,
  }: RequestName): Promise<CreatedRun | undefined> {
    if (idempotencyKey === undefined) return undefined;
    const { runs } = repositories(this.parts.dataSource);
    const earlier = await runs.findByIdempotencyKey(tenantId, idempotencyKey);
    if (!earlier) return undefined;
    if (earlier.requestDigest !== requestDigest)
      throw new CairnError('IDEMPOTENCY_KEY_REUSED', 'The Idempotency-Key was used with another request');
    const found = await runs.getRunWithSteps(tenantId, earlier.id);
    return found ? { ...found, replayed: true } : undefined;
  }

  /** When Temporal is out of reach the run stays `queued`: the reconciler starts it later. */
  private async started(tenantId: string, runId: string, search: Graph['search']) {
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
