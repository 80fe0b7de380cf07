import { repositories, type Artifact, type RunStep } from '@cairn/dao';
import { checkBlobs, type NamedBytes } from '../blobs/check-blobs.js';
import type { Engine } from '../engine.js';

/** What steps of an earlier run have given. */
export interface Given {
  artifactsOf(row: RunStep): readonly Artifact[];
  /** Whether all bytes are there and right. */
  isWhole(row: RunStep): boolean;
}

/**
 * Reads what steps have given, and looks at the bytes.
 * @param more bytes that a row stands for beside its own artifacts, by step id
 */
export async function readGiven(
  engine: Pick<Engine, 'dataSource' | 'store' | 'verifyAfterMs'>,
  tenantId: string,
  rows: readonly RunStep[],
  more: ReadonlyMap<string, readonly NamedBytes[]> = new Map(),
): Promise<Given> {
  const ids = rows.flatMap(({ outputArtifactIds }) => outputArtifactIds);
  const named = await repositories(engine.dataSource).artifacts.listArtifactsByIds(tenantId, ids);
  const byId = new Map(named.map(artifact => [artifact.id, artifact]));
  const bytes = named.map(({ contentHash, sizeBytes }) => ({ digest: contentHash, size: sizeBytes ?? 0 }));
  const { damaged } = await checkBlobs(engine, tenantId, [...bytes, ...[...more.values()].flat()]);
  return {
    artifactsOf: row => row.outputArtifactIds.flatMap(id => byId.get(id) ?? []),
    isWhole: row =>
      row.outputArtifactIds.every(id => byId.has(id) && !damaged.has(byId.get(id)!.contentHash)) &&
      (more.get(row.stepId) ?? []).every(({ digest }) => !damaged.has(digest)),
  };
}
