export { createLog } from './logs/create-log.js';
export { logFields, withLogFields, type LogFields } from './logs/log-fields.js';
export { RUN_ID, TENANT } from './traces/attributes.js';
export { serverSpan, type ServedRoute } from './traces/server-span.js';
export { spanAround } from './traces/span-around.js';
export { startTracing, type Tracing, type TracingSettings } from './traces/start-tracing.js';
export { traceOf } from './traces/trace-of.js';
