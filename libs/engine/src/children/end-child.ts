import {
  isTerminalRunStatus,
  newId,
  repositories,
  transaction,
  type NewArtifact,
  type Run,
  type RunStep,
} from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { ChildEnding, SettledStep } from '@cairn/pipeline';
import { filesIn } from '../blobs/files-in.js';
import type { Engine } from '../engine.js';
import { settleRun } from '../runs/settle-run.js';
import { UNTOLD_ENDINGS } from '../runs/untold-endings.js';
import { settledStep } from '../steps/settled-step.js';
import { BytesCollectedError } from '../steps/step-errors.js';

/** What a child gives at most, as JSON: it travels by value, as a skill's output does. Bytes. */
const MOST_BYTES = 64 * 1024;

type Parts = Pick<Engine, 'dataSource' | 'store'>;
type Failed = Extract<SettledStep, { kind: 'failed' }>;

/**
 * Ends the step of a child whose workflow has ended: its output is the child's, and the files in it become artifacts of
 * the parent too, which outlive the child's. A child that has ended without recording so is ended here. What is given
 * as failed is for the caller to record, with what it blocks.
 *
 * @returns `running` only for a child whose end is not known
 */
export async function endChild(
  { dataSource, store }: Parts,
  { tenantId, runId, stepId, end }: ChildEnding,
): Promise<SettledStep | { readonly kind: 'running' }> {
  const { steps, runs } = repositories(dataSource);
  const row = await steps.getStep(tenantId, runId, stepId);
  const settled = row && settledStep(row);
  if (settled) return settled;
  if (!row?.childRunId) throw new CairnError('RUN_UNKNOWN', `Run ${runId} has started no run for ${stepId}`);
  const { childRunId } = row;
  if (end !== 'unknown') await settleRun(dataSource, { tenantId, runId: childRunId }, UNTOLD_ENDINGS[end]);
  const child = await runs.getRun(tenantId, childRunId);
  if (!child) return failed('CHILD_FAILED', `The run ${childRunId} is not recorded any more`);
  if (!isTerminalRunStatus(child.status)) return { kind: 'running' };
  if (child.status === 'cancelled') return failed('CHILD_CANCELLED', `The run ${childRunId} was cancelled`);
  if (child.status === 'failed')
    return failed('CHILD_FAILED', `The run ${childRunId} failed with ${child.errorCode}: ${child.error}`);
  return complete({ dataSource, store }, row, child);
}

const failed = (code: string, message: string): Failed => ({ kind: 'failed', code, message });

async function complete({ dataSource, store }: Parts, row: RunStep, child: Run): Promise<SettledStep> {
  const { tenantId, runId, stepId } = row;
  const { output, startedAt, completedAt } = child;
  const size = Buffer.byteLength(JSON.stringify(output ?? null));
  if (size > MOST_BYTES)
    return failed(
      'OUTPUT_TOO_LARGE',
      `The run ${child.id} gives ${size} bytes of JSON; a child gives ${MOST_BYTES} at most`,
    );
  const { steps } = repositories(dataSource);
  const cacheHit = !(await steps.hasExecuted(tenantId, child.id));
  const artifacts = await ownArtifacts({ dataSource, store }, row, child);
  await transaction(dataSource, async tx => {
    const [current] = await tx.steps.lockSteps(tenantId, runId, [stepId]);
    if (current?.status !== 'running') return;
    const digests = artifacts.map(({ contentHash }) => contentHash);
    // The child's own artifacts name them. What is damaged is noticed, and made again, by who reads it.
    if (!(await tx.blobs.holdNamed(tenantId, digests))) throw new BytesCollectedError(stepId);
    await tx.artifacts.insertArtifacts(artifacts);
    await tx.steps.completeStep(tenantId, runId, stepId, {
      outputArtifactIds: artifacts.map(({ id }) => id),
      artifacts,
      output,
      cacheHit,
      durationMs: startedAt && completedAt ? completedAt.getTime() - startedAt.getTime() : null,
    });
    // A run's context does not grow with the items of its maps.
    if (artifacts.length > 0 && row.mapStepId === null) {
      const named = Object.fromEntries(artifacts.map(({ name, id }) => [name, id]));
      await tx.runs.mergeContext(tenantId, runId, { artifacts: { [stepId]: named } });
    }
  });
  const now = await steps.getStep(tenantId, runId, stepId);
  return (now && settledStep(now)) ?? failed('RUN_ENDED', 'The run ended before its child did');
}

/** The files of a child's output as artifacts of its parent, made by whoever made them. */
async function ownArtifacts(
  { dataSource, store }: Parts,
  { tenantId, runId, stepId, skillId }: RunStep,
  { id: childRunId, output }: Run,
): Promise<readonly (NewArtifact & { readonly id: string })[]> {
  const files = filesIn(output);
  const made = await repositories(dataSource).artifacts.listArtifactsWithBytes(
    tenantId,
    childRunId,
    files.map(({ file }) => file.digest),
  );
  return files.map(({ path, file }) => ({
    id: newId(),
    runId,
    tenantId,
    stepId,
    skillId: made.find(({ contentHash }) => contentHash === file.digest)?.skillId ?? skillId,
    name: path.join('.') || 'output',
    type: file.type,
    uri: store.uri(tenantId, file.digest),
    contentHash: file.digest,
    sizeBytes: file.size,
    filename: file.filename ?? null,
    metadata: { ...file.metadata } as NewArtifact['metadata'] & object,
  }));
}
