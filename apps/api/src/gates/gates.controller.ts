import { repositories, type DataSource, type Gate } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { gateFiles, GateService } from '@cairn/engine';
import { Controller, Inject } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import type { Caller as CallerOf } from '../auth/caller.js';
import { Caller, Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { deciderOf } from './decider.js';
import { gateSummary, gateView } from './gate-view.js';

@Controller()
export class GatesController {
  constructor(
    @Inject(GateService) private readonly gates: GateService,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  @Operation('listGates')
  async list(@Tenant() tenantId: string, @Input() { query }: InputOf<'listGates'>): Promise<http.GateList> {
    const { limit, cursor, status, runId } = query;
    const page = await repositories(this.dataSource).gates.listGates(tenantId, {
      limit: limit!,
      after: readCursor(cursor),
      status,
      runId,
    });
    return { items: page.rows.map(gateSummary), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }

  @Operation('getGate')
  async get(@Tenant() tenantId: string, @Input() { params }: InputOf<'getGate'>): Promise<http.Gate> {
    const gate = await repositories(this.dataSource).gates.getGate(tenantId, params.id);
    if (!gate) throw new NotFoundError('gate');
    return this.view(gate);
  }

  @Operation('decideGate')
  async decide(
    @Tenant() tenantId: string,
    @Caller() caller: CallerOf,
    @Input() { params, body }: InputOf<'decideGate'>,
  ): Promise<http.Gate> {
    const { approve, digest, comment } = body;
    const decision = { approve, digest, comment, ...deciderOf(body, caller) };
    return this.view(await this.gates.decide(tenantId, params.id, decision));
  }

  private async view(gate: Gate): Promise<http.Gate> {
    return gateView(gate, await gateFiles(this.dataSource, gate));
  }
}
