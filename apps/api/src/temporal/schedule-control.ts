import { randomUUID } from 'node:crypto';
import type { Overlap } from '@cairn/dao';
import {
  type ClockDefinition,
  type ClockState,
  type ScheduleControl,
  type ScheduleName,
  type StartedWorkflow,
} from '@cairn/engine';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { encodeScheduleOverlapPolicy } from '@temporalio/client/lib/schedule-types.js';
import { optionalDateToTs as toTimestamp, tsToDate } from '@temporalio/common/lib/time.js';
import { TENANT } from './search-attributes.js';
import { NEEDED_MS, temporalCall } from './temporal-call.js';
import { stateOf } from './workflow-state.js';

type SchedulePatch = Parameters<Client['workflowService']['patchSchedule']>[0]['patch'];

/** Executions on a page. */
const PAGE_SIZE = 200;

/** In a schedule's memo: until when it was caught up with by the call that created it. */
const CAUGHT_UP_UNTIL = 'caughtUpUntil';

const OVERLAPS: Readonly<Record<Overlap, ScheduleOverlapPolicy>> = {
  skip: ScheduleOverlapPolicy.SKIP,
  buffer_one: ScheduleOverlapPolicy.BUFFER_ONE,
  buffer_all: ScheduleOverlapPolicy.BUFFER_ALL,
  allow_all: ScheduleOverlapPolicy.ALLOW_ALL,
  cancel_other: ScheduleOverlapPolicy.CANCEL_OTHER,
  terminate_other: ScheduleOverlapPolicy.TERMINATE_OTHER,
};

/** A schedule's id in Temporal. A UUID has one length, so no two tenants' ids are the same. */
export const temporalScheduleId = ({ tenantId, scheduleId }: ScheduleName) =>
  `cairn-${tenantId}-${scheduleId}`;

/** Temporal's schedules over its client. */
export class TemporalScheduleControl implements ScheduleControl {
  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  async describe(schedule: ScheduleName): Promise<ClockState | undefined> {
    return this.ifFound(async () => {
      const { state, info, spec, action, memo, raw } = await this.handle(schedule).describe();
      const caughtUpUntil = memo?.[CAUGHT_UP_UNTIL];
      const [given] = (action.args ?? []) as readonly { readonly revision?: unknown }[];
      return {
        revision: typeof given?.revision === 'number' ? given.revision : 0,
        paused: state.paused,
        note: state.note === '' ? undefined : state.note,
        remaining: raw.schedule?.state?.limitedActions ? (state.remainingActions ?? 0) : undefined,
        next: info.nextActionTimes,
        jitterMs: spec.jitter ?? 0,
        createdAt: info.createdAt,
        updatedAt: info.lastUpdatedAt,
        caughtUpUntil: typeof caughtUpUntil === 'string' ? new Date(caughtUpUntil) : undefined,
        skipped: info.numActionsSkippedOverlap + Number(raw.info?.bufferDropped ?? 0),
        missed: info.numActionsMissedCatchupWindow,
        buffered: Number(raw.info?.bufferSize ?? 0),
      };
    });
  }

  async create(definition: ClockDefinition, catchUpFrom?: Date): Promise<void> {
    const { state, memo, ...options } = this.optionsOf(definition);
    const overlap = OVERLAPS[definition.overlap];
    // The database's clock, by which that is told, may be ahead of this one.
    const end = new Date(Math.max(Date.now(), Number(catchUpFrom ?? 0)));
    const catchUp = catchUpFrom && {
      state: { ...state, backfill: [{ start: catchUpFrom, end, overlap }] },
      memo: { ...memo, [CAUGHT_UP_UNTIL]: end.toISOString() },
    };
    try {
      await this.call(() => this.client.schedule.create({ ...options, state, memo, ...catchUp }));
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }

  async update(definition: ClockDefinition): Promise<void> {
    const { scheduleId: _, memo: __, ...options } = this.optionsOf(definition);
    await this.call(() =>
      this.handle(definition).update(() => ({ ...options, state: { ...options.state } })),
    );
  }

  async setPaused(schedule: ScheduleName, paused: boolean, note: string | undefined): Promise<void> {
    // It records a note in any case.
    await this.patch(schedule, paused ? { pause: note ?? 'Paused' } : { unpause: note ?? 'Resumed' });
  }

  async backfill(
    schedule: ScheduleName,
    { from, to, overlap }: { readonly from: Date; readonly to: Date; readonly overlap: Overlap },
    requestId: string,
  ): Promise<void> {
    const overlapPolicy = encodeScheduleOverlapPolicy(OVERLAPS[overlap])!;
    const span = { startTime: toTimestamp(from), endTime: toTimestamp(to), overlapPolicy };
    await this.patch(schedule, { backfillRequest: [span] }, requestId);
  }

  async recall(schedule: ScheduleName, after: Date): Promise<void> {
    // Of an empty span. Temporal keeps the times that it has worked out for it, and goes by them from then on; but it has
    // decided before when to wake up next. It decides that again when it is told something else:
    // https://github.com/temporalio/temporal/blob/v1.29.1/service/worker/scheduler/workflow.go
    const nothing = { from: new Date(after.getTime() + 1), to: after, overlap: 'skip' } as const;
    await this.backfill(schedule, nothing, randomUUID());
    await this.backfill(schedule, nothing, randomUUID());
  }

  async remove(schedule: ScheduleName): Promise<void> {
    await this.ifFound(() => this.handle(schedule).delete());
  }

  async timesBetween(schedule: ScheduleName, after: Date, until: Date): Promise<readonly Date[]> {
    const request = {
      namespace: this.client.options.namespace,
      scheduleId: temporalScheduleId(schedule),
      startTime: toTimestamp(after),
      endTime: toTimestamp(until),
    };
    // Of questions that wait for one schedule Temporal keeps one, and refuses the others for now.
    const ask = () => this.client.workflowService.listScheduleMatchingTimes(request);
    const { startTime } = await this.call(ask, NEEDED_MS);
    return startTime.map(tsToDate);
  }

  async startedBetween(
    schedule: ScheduleName,
    after: Date,
    until: Date,
  ): Promise<readonly StartedWorkflow[]> {
    const { namespace } = this.client.options;
    const id = temporalScheduleId(schedule).replace(/['\\]/g, '\\$&');
    const query =
      `TemporalScheduledById = '${id}' AND TemporalScheduledStartTime > '${after.toISOString()}' ` +
      `AND TemporalScheduledStartTime <= '${until.toISOString()}'`;
    const found: StartedWorkflow[] = [];
    let nextPageToken: Uint8Array | undefined;
    do {
      const request = { namespace, query, pageSize: PAGE_SIZE, ...(nextPageToken && { nextPageToken }) };
      const page = await this.call(() => this.client.workflowService.listWorkflowExecutions(request));
      for (const { execution, searchAttributes, status } of page.executions) {
        const at = searchAttributes?.indexedFields?.['TemporalScheduledStartTime']?.data;
        if (!execution?.workflowId || !execution.runId || !at) continue;
        found.push({
          temporalWorkflowId: execution.workflowId,
          executionId: execution.runId,
          scheduledFor: new Date(JSON.parse(Buffer.from(at).toString('utf8')) as string),
          state: stateOf(status),
        });
      }
      nextPageToken = page.nextPageToken?.length > 0 ? page.nextPageToken : undefined;
    } while (nextPageToken);
    return found;
  }

  private optionsOf(definition: ClockDefinition): ScheduleOptions {
    const { scheduleId, tenantId, revision, name, workflowName, times, overlap, catchupMs } = definition;
    const { paused, note, remaining } = definition;
    const { cron, everyMs, offsetMs, timeZone, jitterMs, startAt, endAt } = times;
    const tenant = [{ key: TENANT, value: tenantId }];
    return {
      scheduleId: temporalScheduleId(definition),
      spec: {
        ...(cron && { cronExpressions: [...cron] }),
        ...(everyMs !== undefined && {
          intervals: [{ every: everyMs, ...(offsetMs !== undefined && { offset: offsetMs }) }],
        }),
        ...(timeZone !== undefined && { timezone: timeZone }),
        ...(jitterMs !== undefined && { jitter: jitterMs }),
        ...(startAt !== undefined && { startAt: new Date(startAt) }),
        ...(endAt !== undefined && { endAt: new Date(endAt) }),
      },
      action: {
        type: 'startWorkflow',
        workflowType: workflowName,
        // Temporal adds the time of each firing to it.
        workflowId: `schedule-${scheduleId}`,
        taskQueue: this.taskQueue,
        args: [{ scheduleId, tenantId, revision }],
        typedSearchAttributes: tenant,
        // As every run is started: the client sends it, but its types of a schedule leave it out.
        ...{ priority: { fairnessKey: tenantId } },
        staticSummary: `${workflowName} · schedule ${name}`.slice(0, 200),
        staticDetails: `Schedule \`${name}\` of tenant \`${tenantId}\``,
      },
      policies: { overlap: OVERLAPS[overlap], catchupWindow: catchupMs, pauseOnFailure: false },
      memo: { name },
      typedSearchAttributes: tenant,
      state: {
        paused,
        ...(note !== undefined && { note }),
        ...(remaining !== undefined && { remainingActions: remaining }),
      },
    };
  }

  /**
   * The client's own methods make up another request id each time. Resolves when Temporal has dealt with it: of two that
   * it finds at a time it forgets the first (two at once: 14 of 15 times; one right after the other: 2 of 15).
   */
  private async patch(
    schedule: ScheduleName,
    patch: SchedulePatch,
    requestId: string = randomUUID(),
  ): Promise<void> {
    const { namespace, identity } = this.client.options;
    const scheduleId = temporalScheduleId(schedule);
    await this.call(() =>
      this.client.workflowService.patchSchedule({ namespace, scheduleId, identity, requestId, patch }),
    );
    await this.describe(schedule);
  }

  private handle(schedule: ScheduleName) {
    return this.client.schedule.getHandle(temporalScheduleId(schedule));
  }

  private call<T>(work: () => Promise<T>, ms?: number): Promise<T> {
    return temporalCall(this.client, work, ms);
  }

  private async ifFound<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.call(work);
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return undefined;
      throw error;
    }
  }
}
