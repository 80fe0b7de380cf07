import type { Artifact } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { given } from '../runs/run-view.js';
import { mediaTypeOf } from './media-type.js';

/** The record of an artifact. */
export function artifactView(artifact: Artifact): http.Artifact {
  return {
    id: artifact.id,
    skillId: artifact.skillId,
    name: artifact.name,
    type: artifact.type,
    uri: artifact.uri,
    contentHash: artifact.contentHash,
    mediaType: mediaTypeOf(artifact),
    metadata: artifact.metadata,
    createdAt: artifact.createdAt.toISOString(),
    updatedAt: artifact.updatedAt.toISOString(),
    ...given({
      runId: artifact.runId,
      stepId: artifact.stepId,
      sizeBytes: artifact.sizeBytes,
      filename: artifact.filename,
    }),
  };
}
