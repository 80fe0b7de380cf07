import type { ServerResponse } from 'node:http';
import type { DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { retryMany, SecondTries } from '@cairn/engine';
import { Controller, Inject, Res } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { readPeriod } from '../cache/period.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { accepted } from '../runs/accepted.js';

@Controller()
export class SecondTriesController {
  constructor(
    @Inject(SecondTries) private readonly tries: SecondTries,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  @Operation('retryRun')
  async retry(
    @Tenant() tenantId: string,
    @Input() { params, headers }: InputOf<'retryRun'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.Run> {
    return accepted(await this.tries.retry(tenantId, params.id, headers['idempotency-key']), response);
  }

  @Operation('forkRun')
  async fork(
    @Tenant() tenantId: string,
    @Input() { params, body, headers }: InputOf<'forkRun'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.Run> {
    return accepted(await this.tries.fork(tenantId, params.id, body, headers['idempotency-key']), response);
  }

  @Operation('retryRuns')
  async retryMany(
    @Tenant() tenantId: string,
    @Input() { body }: InputOf<'retryRuns'>,
  ): Promise<http.RetriedRuns> {
    const { workflow: workflowName, createdAfter: _after, createdBefore: _before, ...others } = body;
    const order = { ...others, workflowName, ...readPeriod(body) };
    return retryMany({ dataSource: this.dataSource, tries: this.tries }, tenantId, order);
  }
}
