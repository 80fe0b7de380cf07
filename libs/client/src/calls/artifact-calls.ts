import { downloadFrom, type Download } from '../download.js';
import type { Artifact, ArtifactList, Pin, operations } from '../generated/openapi.js';
import { uploadTo, type UploadBody, type UploadOptions } from '../upload.js';
import { byId, type CallOptions, type Wire } from '../wire.js';

export type PageQuery = NonNullable<operations['listRunArtifacts']['parameters']['query']>;

/** The most items of a page. */
const WHOLE_PAGE = 200;

/** The calls that are about artifacts and their bytes. */
export interface ArtifactCalls {
  /** One page of a run's artifacts. */
  listRunArtifacts(runId: string, query?: PageQuery, options?: CallOptions): Promise<ArtifactList>;
  /** All artifacts of a run, page after page. */
  runArtifacts(runId: string, options?: CallOptions): AsyncIterable<Artifact>;
  getArtifact(artifactId: string, options?: CallOptions): Promise<Artifact>;
  /** The bytes of an artifact, as a stream. */
  download(artifactId: string, options?: CallOptions): Promise<Download>;
  /** Brings a file, which a trigger then names by the artifact's id. */
  uploadArtifact(bytes: UploadBody, options: UploadOptions): Promise<Artifact>;
  /** Deletes an upload; what a run made goes with the run. */
  deleteArtifact(artifactId: string, options?: CallOptions): Promise<void>;
  /** Keeps the bytes of an artifact, or lets them go again. */
  pinArtifact(artifactId: string, pinned: boolean, options?: CallOptions): Promise<Pin>;
}

export function artifactCalls({ baseUrl, fetch, http, read, done }: Wire): ArtifactCalls {
  const listRunArtifacts: ArtifactCalls['listRunArtifacts'] = (id, query = {}, { signal } = {}) =>
    read(http.GET('/v1/runs/{id}/artifacts', { params: { ...byId(id), query }, signal }), signal);
  return {
    listRunArtifacts,
    async *runArtifacts(id, options = {}) {
      let cursor: string | undefined;
      do {
        const page = await listRunArtifacts(id, { limit: WHOLE_PAGE, cursor }, options);
        yield* page.items;
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    },
    getArtifact: (id, { signal } = {}) =>
      read(http.GET('/v1/artifacts/{id}', { params: byId(id), signal }), signal),
    download: (id, { signal } = {}) =>
      downloadFrom(`${baseUrl}/v1/artifacts/${encodeURIComponent(id)}/content`, fetch, signal),
    uploadArtifact: (bytes, options) => uploadTo(baseUrl, bytes, options, fetch),
    deleteArtifact: (id, { signal } = {}) =>
      done(http.DELETE('/v1/artifacts/{id}', { params: byId(id), signal }), signal),
    pinArtifact: (id, pinned, { signal } = {}) =>
      read(http.PUT('/v1/artifacts/{id}/pin', { params: byId(id), body: { pinned }, signal }), signal),
  };
}
