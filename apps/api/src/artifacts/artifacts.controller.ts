import { repositories, type DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { Controller, Inject } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { artifactView } from './artifact-view.js';

@Controller()
export class ArtifactsController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Operation('listRunArtifacts')
  async list(
    @Tenant() tenantId: string,
    @Input() { params, query }: InputOf<'listRunArtifacts'>,
  ): Promise<http.ArtifactList> {
    const { runs, artifacts } = repositories(this.dataSource);
    const after = readCursor(query.cursor);
    if (!(await runs.getRun(tenantId, params.id))) throw new NotFoundError('run');
    const page = await artifacts.listArtifactsOfRun(tenantId, params.id, { limit: query.limit!, after });
    return { items: page.rows.map(artifactView), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }

  @Operation('getArtifact')
  async get(@Tenant() tenantId: string, @Input() { params }: InputOf<'getArtifact'>): Promise<http.Artifact> {
    const artifact = await repositories(this.dataSource).artifacts.getArtifact(tenantId, params.id);
    if (!artifact) throw new NotFoundError('artifact');
    return artifactView(artifact);
  }
}
