import type { ServerResponse } from 'node:http';
import { repositories, type DataSource, type Schedule } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { ScheduleService } from '@cairn/engine';
import { Controller, Inject, Res } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { accepted } from '../runs/accepted.js';
import { firingView, scheduleSummary, scheduleView } from './schedule-view.js';

@Controller()
export class SchedulesController {
  constructor(
    @Inject(ScheduleService) private readonly schedules: ScheduleService,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  @Operation('createSchedule')
  async create(
    @Tenant() tenantId: string,
    @Input() { body }: InputOf<'createSchedule'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.Schedule> {
    const schedule = await this.schedules.create(tenantId, body);
    response.setHeader('Location', `/v1/schedules/${schedule.id}`);
    return this.view(schedule);
  }

  @Operation('listSchedules')
  async list(
    @Tenant() tenantId: string,
    @Input() { query }: InputOf<'listSchedules'>,
  ): Promise<http.ScheduleList> {
    const { limit, cursor, workflow, paused } = query;
    const page = await repositories(this.dataSource).schedules.listSchedules(tenantId, {
      limit: limit!,
      after: readCursor(cursor),
      workflowName: workflow,
      paused: paused === undefined ? undefined : paused === 'true',
    });
    return {
      items: page.rows.map(scheduleSummary),
      ...(page.next && { nextCursor: writeCursor(page.next) }),
    };
  }

  @Operation('getSchedule')
  async get(@Tenant() tenantId: string, @Input() { params }: InputOf<'getSchedule'>): Promise<http.Schedule> {
    return this.view(await this.schedules.get(tenantId, params.id));
  }

  @Operation('updateSchedule')
  async update(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'updateSchedule'>,
  ): Promise<http.Schedule> {
    return this.view(await this.schedules.update(tenantId, params.id, body));
  }

  @Operation('deleteSchedule')
  async remove(@Tenant() tenantId: string, @Input() { params }: InputOf<'deleteSchedule'>): Promise<void> {
    await this.schedules.remove(tenantId, params.id);
  }

  @Operation('pauseSchedule')
  async pause(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'pauseSchedule'>,
  ): Promise<http.Schedule> {
    return this.view(await this.schedules.pause(tenantId, params.id, true, body.note));
  }

  @Operation('resumeSchedule')
  async resume(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'resumeSchedule'>,
  ): Promise<http.Schedule> {
    return this.view(await this.schedules.pause(tenantId, params.id, false, body.note));
  }

  @Operation('triggerSchedule')
  async trigger(
    @Tenant() tenantId: string,
    @Input() { params, headers }: InputOf<'triggerSchedule'>,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<http.Run> {
    return accepted(await this.schedules.trigger(tenantId, params.id, headers['idempotency-key']), response);
  }

  @Operation('backfillSchedule')
  async backfill(
    @Tenant() tenantId: string,
    @Input() { params, body }: InputOf<'backfillSchedule'>,
  ): Promise<http.Backfill> {
    return { firings: await this.schedules.backfill(tenantId, params.id, body) };
  }

  @Operation('listFirings')
  async firings(
    @Tenant() tenantId: string,
    @Input() { params, query }: InputOf<'listFirings'>,
  ): Promise<http.FiringList> {
    await this.schedules.get(tenantId, params.id);
    const { limit, cursor, outcome } = query;
    const { firings } = repositories(this.dataSource);
    const page = await firings.listFirings(tenantId, params.id, {
      limit: limit!,
      after: readCursor(cursor),
      outcome,
    });
    return { items: page.rows.map(firingView), ...(page.next && { nextCursor: writeCursor(page.next) }) };
  }

  private async view(schedule: Schedule): Promise<http.Schedule> {
    const { firings } = repositories(this.dataSource);
    const [counts, clock] = await Promise.all([
      firings.count(schedule.tenantId, schedule.id),
      this.schedules.clock(schedule),
    ]);
    return scheduleView(schedule, counts, clock);
  }
}
