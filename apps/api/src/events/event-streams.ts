import type { ServerResponse } from 'node:http';
import { repositories, type DataSource, type Run } from '@cairn/dao';
import { EventFeed, isOfTypes, type FollowOptions } from '@cairn/events';
import { Inject, Injectable } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import type { ApiRequest } from '../http/request.js';
import { endOfRun, endsRun } from './end-of-run.js';
import { sendEvents, type Shown } from './event-stream.js';
import { StreamLimits } from './stream-limits.js';

/** What a client asks of a stream. */
export interface StreamQuery {
  /** The position after which it is to go on. */
  readonly after: number | undefined;
  readonly types: readonly string[];
}

/** Answers that go on for as long as things happen. */
@Injectable()
export class EventStreams {
  private readonly limits = new StreamLimits();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(EventFeed) private readonly feed: EventFeed,
  ) {}

  /** What happens to a tenant, or to one of its runs for as long as the client cares. */
  async ofTenant(
    tenantId: string,
    { after, types, runId }: StreamQuery & { readonly runId: string | undefined },
    request: ApiRequest,
    response: ServerResponse,
  ): Promise<void> {
    const all = { isLast: () => false, isWanted: () => true };
    await this.send(tenantId, { after, types, runId }, all, request, response);
  }

  /**
   * What happens in a run, from its beginning to its end, and ends with that. Who has seen the end is answered 204:
   * an EventSource asks no more then.
   */
  async ofRun(
    run: Run,
    { after, types }: StreamQuery,
    request: ApiRequest,
    response: ServerResponse,
  ): Promise<void> {
    const { tenantId, id: runId } = run;
    const { eventLog } = repositories(this.dataSource);
    const end = await endOfRun(eventLog, run);
    if (end !== undefined && (after ?? 0) >= end) {
      const latest = (await eventLog.ranges([tenantId])).get(tenantId)?.position ?? 0;
      // Beyond the log is no place where anybody has been: the stream will say so.
      if (after === undefined || after <= latest) {
        response.writeHead(204, { Vary: 'Accept' }).end();
        return;
      }
    }
    const shown: Shown = {
      isLast: ({ event }) => (end === undefined ? endsRun(event.type) : event.position >= end),
      // Looked at here: the last one counts whether it is wanted or not.
      isWanted: ({ event }) => isOfTypes(event.type, types),
    };
    await this.send(tenantId, { after: after ?? 'oldest', runId }, shown, request, response);
  }

  private async send(
    tenantId: string,
    options: FollowOptions,
    shown: Shown,
    request: ApiRequest,
    response: ServerResponse,
  ): Promise<void> {
    const giveBack = this.limits.take(tenantId, request.caller?.keyId ?? '');
    try {
      const follower = await this.feed.follow(tenantId, options);
      await sendEvents(request, response, follower, shown);
    } finally {
      giveBack();
    }
  }
}
