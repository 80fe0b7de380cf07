import type { ServerResponse } from 'node:http';
import { repositories, type DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { RunService } from '@cairn/engine';
import { Controller, Inject, Res } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { accepted } from './accepted.js';
import { runSummary, runView } from './run-view.js';

@Controller()
export class RunsController {
  constructor(
    @Inject(RunService) private readonly runs: RunService,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  @Operation('startRun')
  async start(
    @Tenant() tenantId: string,
    @Input() { body, headers }: InputOf<'startRun'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.Run> {
    return accepted(await this.runs.create(tenantId, body, headers['idempotency-key']), response);
  }

  @Operation('listRuns')
  async list(@Tenant() tenantId: string, @Input() { query }: InputOf<'listRuns'>): Promise<http.RunList> {
    const { limit, cursor, status, workflow, parentRunId, scheduleId, children } = query;
    const page = await repositories(this.dataSource).runs.listRuns(tenantId, {
      limit: limit!,
      after: readCursor(cursor),
      status,
      workflowName: workflow,
      scheduleId,
      parentRunId: parentRunId ?? (children === 'true' ? undefined : null),
    });
    return { items: page.rows.map(runSummary), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }

  @Operation('getRun')
  async get(@Tenant() tenantId: string, @Input() { params }: InputOf<'getRun'>): Promise<http.Run> {
    const { runs, mapItems } = repositories(this.dataSource);
    const found = await runs.getRunWithSteps(tenantId, params.id);
    if (!found) throw new NotFoundError('run');
    const maps = found.steps.some(({ kind }) => kind === 'map');
    return runView(found.run, found.steps, maps ? await mapItems.countByMap(tenantId, params.id) : undefined);
  }

  @Operation('cancelRun')
  async cancel(@Tenant() tenantId: string, @Input() { params }: InputOf<'cancelRun'>): Promise<http.Run> {
    await this.runs.cancel(tenantId, params.id);
    return this.get(tenantId, { params, query: {}, headers: undefined, body: undefined });
  }
}
