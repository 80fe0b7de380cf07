import type { ArtifactStore } from '@cairn/artifact-store';
import { newId, type NewArtifact, type Repositories } from '@cairn/dao';
import type { StepRequest } from '@cairn/pipeline';
import type { StepOutputs } from './step-outputs.js';

/** A step's artifacts as rows of its own run, made or reused, and as its run's context names them. */
export interface ArtifactRows {
  readonly ids: readonly string[];
  readonly context: { readonly artifacts: Record<string, Record<string, string>> };
}

/** Inserts the rows; each run has its own, whoever made the bytes. */
export async function insertArtifactRows(
  tx: Repositories,
  request: StepRequest,
  outputs: StepOutputs,
  store: ArtifactStore,
): Promise<ArtifactRows> {
  const { runId, tenantId, stepId, skillId } = request;
  const rows = outputs.artifacts.map((artifact): NewArtifact & { id: string } => ({
    id: newId(),
    runId,
    tenantId,
    stepId,
    skillId,
    name: artifact.name,
    type: artifact.type,
    uri: store.uri(tenantId, artifact.digest),
    contentHash: artifact.digest,
    sizeBytes: artifact.size,
    filename: artifact.filename ?? null,
    metadata: (artifact.metadata ?? {}) as NewArtifact['metadata'] & object,
  }));
  await tx.artifacts.insertArtifacts(rows);
  const named = Object.fromEntries(rows.map(({ name, id }) => [name, id]));
  return { ids: rows.map(({ id }) => id), context: { artifacts: { [stepId]: named } } };
}
