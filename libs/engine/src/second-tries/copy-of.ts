import { newId, type Artifact, type NewArtifact, type RunStep, type StepHit } from '@cairn/dao';

/** What a finished step of one run becomes in another that takes it over. */
export interface StepCopy {
  readonly stepId: string;
  readonly artifacts: readonly (NewArtifact & { readonly id: string })[];
  /** Absent for a step that its condition left out. */
  readonly hit?: StepHit;
}

/** A step's row as the run's own, with artifacts of its own: each run keeps what it names. */
export function copyOf(row: RunStep, runId: string, artifacts: readonly Artifact[]): StepCopy {
  const { stepId, inputHash, cacheKey, keyIngredients, fullInput, output, childRunId } = row;
  const own = artifacts.map(
    ({ tenantId, skillId, name, type, uri, contentHash, sizeBytes, filename, metadata }) => ({
      ...{ tenantId, skillId, name, type, uri, contentHash, sizeBytes, filename, metadata },
      id: newId(),
      runId,
      stepId,
    }),
  );
  if (row.reason === 'condition_false') return { stepId, artifacts: own };
  const madeByRunId = row.cacheHit ? row.madeByRunId : row.runId;
  const outputArtifactIds = own.map(({ id }) => id);
  const key = { inputHash, cacheKey, keyIngredients, fullInput };
  return {
    stepId,
    artifacts: own,
    hit: { stepId, ...key, output, outputArtifactIds, artifacts: own, madeByRunId, childRunId },
  };
}
