import { closed } from '../types/scalars.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams, Run, StartRunHeaders } from './runs.js';
import {
  Backfill,
  BackfillRequest,
  CreateScheduleRequest,
  FiringList,
  FiringListQuery,
  Schedule,
  ScheduleDefinition,
  ScheduleList,
  ScheduleListQuery,
  ScheduleNote,
} from './schedules.js';

const NO_QUERY = closed({});
const READ = ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'INTERNAL', 'DATABASE_UNAVAILABLE'] as const;
const READ_ONE = [...READ, 'NOT_FOUND'] as const;
const BODY = ['INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'FORBIDDEN_ORIGIN'] as const;
const DEFINED = ['CONFLICT', 'STORE_UNAVAILABLE'] as const;
const AS_IT_IS = { 200: { description: 'The schedule as it is now.', schema: Schedule } };

/** Runs that are started again and again. */
export const scheduleOperations = {
  createSchedule: {
    method: 'post',
    path: '/v1/schedules',
    tag: 'schedules',
    access: 'runner',
    summary: 'Make a schedule',
    description:
      'The schedule is accepted once it is recorded. Should Temporal be away, it is `synced` when Temporal is back. Another schedule of the name is a conflict, so that repeating the request makes no second one. Paths of errors are JSON Pointers into the trigger, as for `POST /v1/runs`.',
    query: NO_QUERY,
    body: CreateScheduleRequest,
    answers: {
      201: { description: 'The schedule.', schema: Schedule, headers: { Location: 'Its path.' } },
    },
    problems: [...READ, ...BODY, ...DEFINED],
  },
  listSchedules: {
    method: 'get',
    path: '/v1/schedules',
    tag: 'schedules',
    access: 'viewer',
    summary: 'List schedules, newest first',
    query: ScheduleListQuery,
    answers: { 200: { description: 'One page.', schema: ScheduleList } },
    problems: READ,
  },
  getSchedule: {
    method: 'get',
    path: '/v1/schedules/{id}',
    tag: 'schedules',
    access: 'viewer',
    summary: 'Read a schedule, with when it is due next',
    params: IdParams,
    query: NO_QUERY,
    answers: AS_IT_IS,
    problems: READ_ONE,
  },
  updateSchedule: {
    method: 'put',
    path: '/v1/schedules/{id}',
    tag: 'schedules',
    access: 'runner',
    summary: 'Give a schedule another definition',
    description:
      'Replaces all of it. Runs that are under way go on as they were started. Whether it is paused stays.',
    params: IdParams,
    query: NO_QUERY,
    body: ScheduleDefinition,
    answers: AS_IT_IS,
    problems: [...READ_ONE, ...BODY, ...DEFINED],
  },
  deleteSchedule: {
    method: 'delete',
    path: '/v1/schedules/{id}',
    tag: 'schedules',
    access: 'runner',
    summary: 'Delete a schedule with its firings',
    description: 'Its runs stay; those that are under way go on.',
    params: IdParams,
    query: NO_QUERY,
    answers: { 204: { description: 'It is gone.' } },
    problems: [...READ_ONE, 'FORBIDDEN_ORIGIN'],
  },
  pauseSchedule: {
    method: 'post',
    path: '/v1/schedules/{id}/pause',
    tag: 'schedules',
    access: 'runner',
    summary: 'Pause a schedule',
    description: 'It starts no runs until it is resumed; they are not made up for.',
    params: IdParams,
    query: NO_QUERY,
    body: ScheduleNote,
    answers: AS_IT_IS,
    problems: [...READ_ONE, ...BODY],
  },
  resumeSchedule: {
    method: 'post',
    path: '/v1/schedules/{id}/resume',
    tag: 'schedules',
    access: 'runner',
    summary: 'Let a schedule that is paused start runs again',
    params: IdParams,
    query: NO_QUERY,
    body: ScheduleNote,
    answers: AS_IT_IS,
    problems: [...READ_ONE, ...BODY],
  },
  triggerSchedule: {
    method: 'post',
    path: '/v1/schedules/{id}/trigger',
    tag: 'schedules',
    access: 'runner',
    summary: 'Start a run of a schedule at once',
    description:
      'Beside all others, whatever its overlap policy, and also while it is paused. The run names the schedule; it is none of its firings.',
    params: IdParams,
    query: NO_QUERY,
    headers: StartRunHeaders,
    answers: {
      202: {
        description: 'The run, `queued`.',
        schema: Run,
        headers: {
          Location: 'The path of the run.',
          'Idempotency-Replayed': '`true` when an earlier request with this key made the run.',
        },
      },
    },
    problems: [
      ...READ_ONE,
      'FORBIDDEN_ORIGIN',
      'IDEMPOTENCY_KEY_REUSED',
      'SKILL_NOT_SERVED',
      'STORE_UNAVAILABLE',
    ],
  },
  backfillSchedule: {
    method: 'post',
    path: '/v1/schedules/{id}/backfill',
    tag: 'schedules',
    access: 'runner',
    summary: 'Start the runs of a span of time that is over',
    description:
      'For each time of the schedule, as it is defined now, in the span, whether it has run or not. At most 1000 at once.',
    params: IdParams,
    query: NO_QUERY,
    body: BackfillRequest,
    answers: { 202: { description: 'How many runs there will be.', schema: Backfill } },
    problems: [...READ_ONE, ...BODY, 'CONFLICT', 'TEMPORAL_UNAVAILABLE'],
  },
  listFirings: {
    method: 'get',
    path: '/v1/schedules/{id}/firings',
    tag: 'schedules',
    access: 'viewer',
    summary: 'List the times at which a schedule was due, the latest first, and what came of each',
    description: 'They are kept for 30 days.',
    params: IdParams,
    query: FiringListQuery,
    answers: { 200: { description: 'One page.', schema: FiringList } },
    problems: READ_ONE,
  },
} as const satisfies Record<string, OperationSpec>;
