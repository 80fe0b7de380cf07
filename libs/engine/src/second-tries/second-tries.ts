import { digestOf } from '@cairn/canonical';
import { isTerminalRunStatus, newId, repositories, type JsonObject, type Run } from '@cairn/dao';
import { CairnError, ValidationError, type http } from '@cairn/dto';
import { joinPatches, type Graph } from '@cairn/pipeline';
import { checkBlobs } from '../blobs/check-blobs.js';
import { completeTrigger, refuseWhatIsNotJson, type CompleteTrigger } from '../runs/complete-trigger.js';
import { NewRuns, type CreatedRun, type RequestedRun } from '../runs/new-runs.js';
import type { RunServiceParts } from '../runs/run-service.js';
import { fileOf, type TriggerFile } from '../uploads/trigger-files.js';
import { checkInputEdit, resolveEdit } from './input-edit.js';

/** What a fork does otherwise than the run that it forks. */
export type ForkRequest = http.ForkRunRequest;

/** A run that is tried again, and the graph that it is pinned to. */
interface Origin {
  readonly run: Run;
  readonly graph: Graph;
}

/** Makes runs that go on where others have stopped, or from where they might have gone otherwise. */
export class SecondTries {
  private readonly newRuns: NewRuns;

  constructor(private readonly parts: RunServiceParts) {
    this.newRuns = new NewRuns(parts);
  }

  /**
   * Makes a run that takes over what one that failed or was cancelled has finished, and does the rest.
   *
   * @throws CairnError NOT_FOUND, RUN_NOT_RETRYABLE, IDEMPOTENCY_KEY_REUSED; ARTIFACT_LOST when bytes are gone that the
   *   old run was given; STORE_UNAVAILABLE.
   */
  async retry(tenantId: string, runId: string, idempotencyKey?: string): Promise<CreatedRun> {
    const requestDigest = digestOf({ retryOf: runId });
    return this.newRuns.once({ tenantId, idempotencyKey, requestDigest }, () =>
      this.retryOf(tenantId, runId),
    );
  }

  /**
   * The same for a run that nobody has retried yet.
   * @throws CairnError ALREADY_RETRIED, and what `retry` throws.
   */
  async retryFirst(tenantId: string, runId: string): Promise<CreatedRun> {
    const requestDigest = digestOf({ retryOf: runId });
    return this.newRuns.once({ tenantId, requestDigest }, async () => ({
      ...(await this.retryOf(tenantId, runId)),
      unless: async tx => {
        if (await tx.unretriedRuns.lock(tenantId, runId)) return;
        throw new CairnError('ALREADY_RETRIED', 'Somebody else has retried the run a moment ago');
      },
    }));
  }

  /**
   * Makes a run that does a step of another, and what depends on it, anew. What else that one has finished it takes
   * over.
   *
   * @throws ValidationError with JSON Pointers into the trigger, or that begin with `/from` or `/input`; CairnError
   *   NOT_FOUND, WORKFLOW_VERSION_GONE, IDEMPOTENCY_KEY_REUSED, ARTIFACT_LOST, STORE_UNAVAILABLE.
   */
  async fork(
    tenantId: string,
    runId: string,
    request: ForkRequest,
    idempotencyKey?: string,
  ): Promise<CreatedRun> {
    const { from, trigger, input } = request;
    refuseWhatIsNotJson({ name: 'the fork' }, { trigger, input });
    const requestDigest = digestOf({ forkOf: runId, from, trigger, input });
    return this.newRuns.once({ tenantId, idempotencyKey, requestDigest }, () =>
      this.forkOf(tenantId, runId, request),
    );
  }

  private async retryOf(tenantId: string, runId: string): Promise<RequestedRun> {
    const { run, graph } = await this.origin(tenantId, runId);
    if (!isTerminalRunStatus(run.status) || run.status === 'completed')
      throw new CairnError('RUN_NOT_RETRYABLE', `The run is ${run.status}; one that has failed is retried`);
    // Of a schedule that had nothing to start: see recordEndedStart.
    if (graph.steps.length === 0)
      throw new CairnError('RUN_NOT_RETRYABLE', `The run never had steps: ${run.error}`);
    const { rootRunId, options, trigger, inputEdits } = run;
    const files = await this.givenFiles(run);
    return {
      run: { id: newId(), graph, trigger, files, options, inputEdits, rootRunId, retryOfRunId: runId },
    };
  }

  private async forkOf(
    tenantId: string,
    runId: string,
    { from, trigger: given, input }: ForkRequest,
  ): Promise<RequestedRun> {
    const { run, graph } = await this.origin(tenantId, runId);
    const { rootRunId, options } = run;
    const node = graph.steps.find(({ id }) => id === from);
    if (!node) throw refused('/from', 'STEP_UNKNOWN', `is no step of ${graph.name}: ${from}`);
    const complete = given === undefined ? undefined : await this.otherTrigger(tenantId, run, given);
    const own = await this.givenFiles(run, { editsOnly: complete !== undefined });
    const edit = input && (await resolveEdit(this.parts, tenantId, input));
    if (edit) await checkInputEdit(this.parts, run, node, edit.patch, { otherTrigger: given !== undefined });
    return {
      run: {
        id: newId(),
        graph,
        trigger: complete?.trigger ?? run.trigger,
        files: [
          ...(complete?.files ?? []),
          ...own,
          ...(edit?.files ?? []).map(file => ({ ...file, path: [`${EDITED}${from}`, ...file.path] })),
        ],
        options,
        rootRunId,
        forkOfRunId: runId,
        forkFromStepId: from,
        inputEdits: edit ? withEdit(run.inputEdits, from, edit.patch) : run.inputEdits,
      },
    };
  }

  private async origin(tenantId: string, runId: string): Promise<Origin> {
    const { runs, graphs } = repositories(this.parts.dataSource);
    const run = await runs.getRun(tenantId, runId);
    if (!run) throw new CairnError('NOT_FOUND', 'There is no such run');
    const pinned = await graphs.getGraph(run.graphDigest);
    if (!pinned) throw new CairnError('RUN_NOT_RETRYABLE', 'The graph of the run is not recorded any more');
    return { run, graph: pinned.graph as unknown as Graph };
  }

  private async otherTrigger(tenantId: string, run: Run, given: unknown): Promise<CompleteTrigger> {
    const { workflowName, workflowVersion } = run;
    const workflow = this.parts.catalog.workflow(workflowName, workflowVersion);
    if (workflow) return completeTrigger(this.parts, tenantId, workflow, given);
    const message = `${workflowName} ${workflowVersion} is not offered any more: a trigger of it cannot be checked`;
    throw new CairnError('WORKFLOW_VERSION_GONE', message);
  }

  /**
   * The files of a run's trigger, and of its edits, as those of another run.
   * @throws CairnError ARTIFACT_LOST
   */
  private async givenFiles(
    { tenantId, id }: Run,
    { editsOnly = false } = {},
  ): Promise<readonly TriggerFile[]> {
    const given = await repositories(this.parts.dataSource).artifacts.listGivenArtifacts(tenantId, id);
    const rows = given.filter(({ name }) => !editsOnly || name.startsWith(EDITED));
    const files = rows.map(row => ({ path: [row.name], file: fileOf(row), skillId: row.skillId }));
    const { damaged } = await checkBlobs(
      this.parts,
      tenantId,
      files.map(({ file }) => file),
    );
    const lost = files.filter(({ file }) => damaged.has(file.digest)).map(({ path }) => path.join('.'));
    if (lost.length === 0) return files;
    throw new CairnError('ARTIFACT_LOST', `The bytes of what the run was given are gone: ${lost.join(', ')}`);
  }
}

/** How the name of a file begins that was put into a step's input. */
const EDITED = '$input.';

/** @throws ValidationError when the step was edited before in a way that does not go together with this one. */
function withEdit(edits: JsonObject, stepId: string, patch: JsonObject): JsonObject {
  const before = edits[stepId] as JsonObject | undefined;
  const joined = before ? joinPatches(before, patch) : patch;
  if (joined) return { ...edits, [stepId]: joined as JsonObject };
  const message = 'merges into what an earlier edit of the step has taken away; fork the run before that one';
  throw refused('/input', 'VALIDATION_ERROR', message);
}

const refused = (path: string, code: string, message: string) =>
  new ValidationError([{ path, code, message }], 'The request');
