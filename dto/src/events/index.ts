import type { Static } from 'typebox';
import { artifactEvents } from './artifacts.js';
import { cacheEvents } from './cache.js';
import { gateEvents } from './gates.js';
import { keyEvents } from './keys.js';
import { mapEvents } from './maps.js';
import { runEvents } from './runs.js';
import { scheduleEvents } from './schedules.js';
import { stepEvents } from './steps.js';
import { storeEvents } from './store.js';
import { tenantEvents } from './tenants.js';
import { webhookEvents } from './webhooks.js';

export type { EventType } from './event-type.js';
export { MOST_ARTIFACTS, MOST_MESSAGE } from './fields.js';
export { MOST_LOG_DATA, MOST_LOG_LINE } from './steps.js';

/** Every type of event, with what it says and the schema of its `data`; in the order of the documentation. */
export const EVENT_TYPES = {
  ...runEvents,
  ...stepEvents,
  ...mapEvents,
  ...gateEvents,
  ...cacheEvents,
  ...artifactEvents,
  ...storeEvents,
  ...scheduleEvents,
  ...tenantEvents,
  ...keyEvents,
  ...webhookEvents,
};

/** E.g. `run.completed`. */
export type EventTypeName = keyof typeof EVENT_TYPES;
/** What an event of a type carries. */
export type EventData<T extends EventTypeName> = Static<(typeof EVENT_TYPES)[T]['schema']>;
