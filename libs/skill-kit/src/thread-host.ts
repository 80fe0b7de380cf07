import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadTools } from './implement-skill.js';

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
const result = await loaded.default(data, {
  progress: (fraction, message) => parentPort?.postMessage({ kind: 'progress', fraction, message }),
});
parentPort?.postMessage({ kind: 'result', result });
