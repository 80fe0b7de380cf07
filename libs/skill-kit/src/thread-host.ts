import { parentPort, workerData } from 'node:worker_threads';
import type { LogLevel, ThreadTools } from './implement-skill.js';

/**
 * The entry of a skill's thread: loads the module that it is told, calls its default export, and posts the
 * result. The main side is run-thread.ts.
 */
interface ThreadRequest {
  readonly module: string;
  readonly data: unknown;
}
type ThreadFunction = (data: unknown, tools: ThreadTools) => unknown;

const { module, data } = workerData as ThreadRequest;
const loaded = (await import(module)) as { default: ThreadFunction };
const say = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) =>
  parentPort?.postMessage({ kind: 'log', level, message, fields: plain(fields) });
const result = await loaded.default(data, {
  log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
  progress: (fraction, message) => parentPort?.postMessage({ kind: 'progress', fraction, message }),
});
parentPort?.postMessage({ kind: 'result', result });

/** As it travels between threads: a function among the fields would not. */
function plain(fields: Record<string, unknown> | undefined): unknown {
  if (fields === undefined) return undefined;
  try {
    return JSON.parse(JSON.stringify(fields)) as unknown;
  } catch {
    return { omitted: 'no JSON' };
  }
}
