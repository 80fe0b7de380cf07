export { openScheduled } from './open-scheduled.js';
export type {
  ClockDefinition,
  ClockState,
  ScheduleControl,
  ScheduleName,
  StartedWorkflow,
} from './schedule-control.js';
export { MOST_TIMES } from './schedule-control.js';
export { ScheduleKeeper, type ScheduleKeeperSettings } from './schedule-keeper.js';
export { ScheduleService, type ScheduleServiceParts } from './schedule-service.js';
