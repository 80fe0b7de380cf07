import type { ServerResponse } from 'node:http';
import type { ArtifactStore } from '@cairn/artifact-store';
import type { DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { deleteUpload, storeUpload } from '@cairn/engine';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import { ARTIFACT_STORE, DATA_SOURCE, MAX_UPLOAD } from '../app/tokens.js';
import { ApiError } from '../http/api-error.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import type { ApiRequest } from '../http/request.js';
import { artifactView } from './artifact-view.js';
import { digestOfHeader } from './content-digest.js';

@Controller()
export class UploadsController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(MAX_UPLOAD) private readonly maxBytes: number,
  ) {}

  @Operation('uploadArtifact')
  async upload(
    @Tenant() tenantId: string,
    @Input() { query, headers }: InputOf<'uploadArtifact'>,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.Artifact> {
    const digests = [
      digestOfHeader('content-digest', headers['content-digest']),
      digestOfHeader('repr-digest', headers['repr-digest']),
    ].filter(digest => digest !== undefined);
    const maxBytes = Math.min(request.caller?.limits.maxUploadBytes ?? this.maxBytes, this.maxBytes);
    refuseUnread(request, maxBytes);
    if (request.headers.expect !== undefined) response.writeContinue();
    const { dataSource, store } = this;
    // A refusal must still be answered: the request is not destroyed when it is no longer read.
    const source = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    const upload = { source, ...query, digests, maxBytes };
    const artifact = await storeUpload({ dataSource, store }, tenantId, upload).catch((error: unknown) => {
      throw request.errored === error ? new ApiError('BAD_REQUEST', 'The body did not come whole') : error;
    });
    response.setHeader('Location', `/v1/artifacts/${artifact.id}`);
    return artifactView(artifact);
  }

  @Operation('deleteArtifact')
  async delete(@Tenant() tenantId: string, @Input() { params }: InputOf<'deleteArtifact'>): Promise<void> {
    await deleteUpload(this.dataSource, tenantId, params.id);
  }
}

/** What can be refused by the headers alone. */
function refuseUnread({ headers }: ApiRequest, maxBytes: number): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new ApiError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The bytes are stored as they are: send them without ${encoding}`,
    );
  if (Number(headers['content-length'] ?? 0) > maxBytes)
    throw new ApiError('BODY_TOO_LARGE', `An upload may have ${maxBytes} bytes`);
}
