import type { ArtifactStore } from '@cairn/artifact-store';
import { newId, type NewArtifact } from '@cairn/dao';
import type { StepRequest } from '@cairn/pipeline';
import type { StepOutputs } from './step-outputs.js';

/** A step's artifacts as rows of its own run, made or reused, and as its run's context names them. */
export interface ArtifactRows {
  readonly rows: readonly (NewArtifact & { readonly id: string })[];
  readonly ids: readonly string[];
  /** Absent for an item of a map: a run's context does not grow with its items. */
  readonly context?: { readonly artifacts: Record<string, Record<string, string>> };
}

/** The rows to insert for a step's outputs; each run has its own, whoever made the bytes. */
export function artifactRowsOf(
  request: Pick<StepRequest, 'runId' | 'tenantId' | 'stepId' | 'skillId' | 'item'>,
  outputs: StepOutputs,
  store: Pick<ArtifactStore, 'uri'>,
): ArtifactRows {
  const { runId, tenantId, stepId, skillId, item } = request;
  const rows = outputs.artifacts.map(artifact => ({
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
  const named = Object.fromEntries(rows.map(({ name, id }) => [name, id]));
  return {
    rows,
    ids: rows.map(({ id }) => id),
    ...(!item && { context: { artifacts: { [stepId]: named } } }),
  };
}
