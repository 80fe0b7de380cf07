import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { BlobNotFoundError, type ArtifactStore } from '@cairn/artifact-store';
import { repositories, type DataSource } from '@cairn/dao';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import { ARTIFACT_STORE, DATA_SOURCE } from '../app/tokens.js';
import { ApiError, NotFoundError } from '../http/api-error.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import type { ApiRequest } from '../http/request.js';
import { matches, portionOf, rangeApplies } from './conditions.js';
import { contentHeaders } from './content-headers.js';

@Controller()
export class ContentController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
  ) {}

  @Operation('getArtifactContent')
  async read(
    @Tenant() tenantId: string,
    @Input() { params }: InputOf<'getArtifactContent'>,
    @Req() request: ApiRequest,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const artifact = await repositories(this.dataSource).artifacts.getArtifact(tenantId, params.id);
    if (!artifact) throw new NotFoundError('artifact');
    const blob = await this.store.stat(tenantId, artifact.contentHash);
    if (!blob || (artifact.sizeBytes !== null && blob.size !== artifact.sizeBytes))
      throw new BlobNotFoundError(artifact.contentHash);

    const headers = contentHeaders(artifact);
    const etag = headers['ETag']!;
    if (matches(request.headers['if-none-match'], etag)) {
      response.writeHead(304, { ETag: etag, 'Cache-Control': headers['Cache-Control'] }).end();
      return;
    }
    const { range } = request.headers;
    const portion = portionOf(
      rangeApplies(single(request.headers['if-range']), etag) ? range : undefined,
      blob.size,
    );
    if (portion.kind === 'none')
      throw new ApiError('RANGE_NOT_SATISFIABLE', `The content has ${blob.size} bytes`, {
        'Content-Range': `bytes */${blob.size}`,
      });
    const part = portion.kind === 'part' ? { start: portion.start, end: portion.end } : undefined;
    // Opened first, which verifies the first bytes: what is corrupt or cannot be read is still answered with a problem.
    const stream =
      request.method === 'HEAD' ? undefined : await this.store.open(tenantId, artifact.contentHash, part);
    response.writeHead(part ? 206 : 200, {
      ...headers,
      'Content-Length': part ? part.end - part.start + 1 : blob.size,
      ...(part && { 'Content-Range': `bytes ${part.start}-${part.end}/${blob.size}` }),
    });
    if (!stream) response.end();
    // A client that leaves is no error; a stream that breaks has cut the answer off already.
    else await pipeline(stream, response).catch(() => response.destroy());
  }
}

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
