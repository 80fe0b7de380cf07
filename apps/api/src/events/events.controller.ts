import type { ServerResponse } from 'node:http';
import { repositories, type DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { toEnvelope } from '@cairn/events';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import type { ApiRequest } from '../http/request.js';
import { EventStreams, type StreamQuery } from './event-streams.js';
import { readPosition, writePosition } from './position-cursor.js';

type Query = InputOf<'listRunEvents'>['query'];
type Headers = InputOf<'listRunEvents'>['headers'];

/** The log of a tenant: as a list, or, for who accepts `text/event-stream`, as it goes on. */
@Controller()
export class EventsController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(EventStreams) private readonly streams: EventStreams,
  ) {}

  @Operation('listEvents')
  async all(
    @Tenant() tenantId: string,
    @Input() { query, headers }: InputOf<'listEvents'>,
    @Req() request: ApiRequest,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const { runId, ...rest } = query;
    if (wantsStream(request))
      await this.streams.ofTenant(tenantId, { ...streamQuery(rest, headers), runId }, request, response);
    else await this.list(tenantId, rest, runId, response);
  }

  @Operation('listRunEvents')
  async ofRun(
    @Tenant() tenantId: string,
    @Input() { params, query, headers }: InputOf<'listRunEvents'>,
    @Req() request: ApiRequest,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const run = await repositories(this.dataSource).runs.getRun(tenantId, params.id);
    if (!run) throw new NotFoundError('run');
    if (wantsStream(request)) await this.streams.ofRun(run, streamQuery(query, headers), request, response);
    else await this.list(tenantId, query, run.id, response);
  }

  private async list(
    tenantId: string,
    { order, limit = 0, after, cursor, type }: Query,
    runId: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const from = readPosition(cursor);
    const found = await repositories(this.dataSource).eventLog.list(tenantId, {
      runId,
      types: typesOf(type),
      limit: limit + 1,
      ...(order === 'oldest'
        ? { order, after: Math.max(after ?? 0, from ?? 0) }
        : { order: 'newest', after, before: from }),
    });
    const rows = found.slice(0, limit);
    const last = found.length > limit ? rows.at(-1) : undefined;
    const page: http.EventList = {
      items: rows.map(toEnvelope),
      ...(last && { nextCursor: writePosition(last.position) }),
    };
    const body = JSON.stringify(page);
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      Vary: 'Accept',
    });
    response.end(body);
  }
}

const typesOf = (type: string | undefined) => type?.split(',') ?? [];

const wantsStream = ({ headers: { accept = '' } }: ApiRequest) =>
  accept.split(',').some(range => range.trim().split(';', 1)[0]?.toLowerCase() === 'text/event-stream');

/** The header goes before the query: an EventSource asks again for what it was given at first, and adds the header. */
function streamQuery({ after, type }: Query, headers: Headers): StreamQuery {
  const last = headers['last-event-id'];
  return { after: last ? Number(last) : after, types: typesOf(type) };
}
