import { transaction, type DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { deleteRun } from '@cairn/engine';
import { Controller, Inject } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';

/** What of a tenant's is kept, and what is not. */
@Controller()
export class KeepingController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Operation('deleteRun')
  async deleteRun(@Tenant() tenantId: string, @Input() { params }: InputOf<'deleteRun'>): Promise<void> {
    await deleteRun(this.dataSource, tenantId, params.id);
  }

  @Operation('pinRun')
  async pinRun(@Tenant() tenantId: string, @Input() { params, body }: InputOf<'pinRun'>): Promise<http.Pin> {
    const { id: runId } = params;
    await transaction(this.dataSource, async tx => {
      if (!(await tx.retention.pinRun(tenantId, runId, body.pinned))) throw new NotFoundError('run');
      await tx.events.append([{ tenantId, runId, type: body.pinned ? 'run.pinned' : 'run.unpinned' }]);
    });
    return { pinned: body.pinned };
  }

  @Operation('pinArtifact')
  async pinArtifact(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'pinArtifact'>,
  ): Promise<http.Pin> {
    const { id: artifactId } = params;
    await transaction(this.dataSource, async tx => {
      const digest = await tx.blobCare.pinArtifact(tenantId, artifactId, body.pinned);
      if (digest === null) throw new NotFoundError('artifact');
      const type = body.pinned ? 'artifact.pinned' : 'artifact.unpinned';
      await tx.events.append([{ tenantId, type, data: { artifactId } }]);
    });
    return { pinned: body.pinned };
  }
}
