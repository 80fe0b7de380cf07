import type {
  Backfill,
  BackfillRequest,
  CreateScheduleRequest,
  FiringList,
  Schedule,
  ScheduleDefinition,
  ScheduleList,
  operations,
} from '../generated/openapi.js';
import { byId, keyed, type CallOptions, type NewRun, type NewRunOptions, type Wire } from '../wire.js';

export type ScheduleQuery = NonNullable<operations['listSchedules']['parameters']['query']>;
export type FiringQuery = NonNullable<operations['listFirings']['parameters']['query']>;

/** A trigger is whatever the workflow's schema takes. */
type WithTrigger<T> = Omit<T, 'trigger'> & { readonly trigger: unknown };

/** The calls that are about schedules. */
export interface ScheduleCalls {
  /** Makes a schedule; another one of its name is a conflict. */
  createSchedule(request: WithTrigger<CreateScheduleRequest>, options?: CallOptions): Promise<Schedule>;
  /** One page of the schedules, newest first. */
  listSchedules(query?: ScheduleQuery, options?: CallOptions): Promise<ScheduleList>;
  /** A schedule, with when it is due next and what came of its firings. */
  getSchedule(scheduleId: string, options?: CallOptions): Promise<Schedule>;
  /** Replaces what is started, and when. */
  updateSchedule(
    scheduleId: string,
    definition: WithTrigger<ScheduleDefinition>,
    options?: CallOptions,
  ): Promise<Schedule>;
  /** Deletes a schedule; its runs stay. */
  deleteSchedule(scheduleId: string, options?: CallOptions): Promise<void>;
  pauseSchedule(scheduleId: string, note?: string, options?: CallOptions): Promise<Schedule>;
  resumeSchedule(scheduleId: string, note?: string, options?: CallOptions): Promise<Schedule>;
  /** Starts a run of a schedule at once. */
  triggerSchedule(scheduleId: string, options?: NewRunOptions): Promise<NewRun>;
  /** Has the runs started of all times of a schedule in a span that is over. */
  backfillSchedule(scheduleId: string, request: BackfillRequest, options?: CallOptions): Promise<Backfill>;
  /** One page of the times at which a schedule was due, the latest first, and what came of each. */
  listFirings(scheduleId: string, query?: FiringQuery, options?: CallOptions): Promise<FiringList>;
}

const noted = (note: string | undefined) => (note === undefined ? {} : { note });

export function scheduleCalls({ http, read, done, made }: Wire): ScheduleCalls {
  return {
    createSchedule: (body, { signal } = {}) => read(http.POST('/v1/schedules', { body, signal }), signal),
    listSchedules: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/schedules', { params: { query }, signal }), signal),
    getSchedule: (id, { signal } = {}) =>
      read(http.GET('/v1/schedules/{id}', { params: byId(id), signal }), signal),
    updateSchedule: (id, body, { signal } = {}) =>
      read(http.PUT('/v1/schedules/{id}', { params: byId(id), body, signal }), signal),
    deleteSchedule: (id, { signal } = {}) =>
      done(http.DELETE('/v1/schedules/{id}', { params: byId(id), signal }), signal),
    pauseSchedule: (id, note, { signal } = {}) =>
      read(http.POST('/v1/schedules/{id}/pause', { params: byId(id), body: noted(note), signal }), signal),
    resumeSchedule: (id, note, { signal } = {}) =>
      read(http.POST('/v1/schedules/{id}/resume', { params: byId(id), body: noted(note), signal }), signal),
    triggerSchedule: (id, options = {}) => {
      const { signal } = options;
      const params = { ...byId(id), ...keyed(options) };
      return made(http.POST('/v1/schedules/{id}/trigger', { params, signal }), signal);
    },
    backfillSchedule: (id, body, { signal } = {}) =>
      read(http.POST('/v1/schedules/{id}/backfill', { params: byId(id), body, signal }), signal),
    listFirings: (id, query = {}, { signal } = {}) =>
      read(http.GET('/v1/schedules/{id}/firings', { params: { ...byId(id), query }, signal }), signal),
  };
}
