import { Worker } from 'node:worker_threads';
import type { LogLevel, SkillLog } from './implement-skill.js';

type Fields = Record<string, unknown>;
type ThreadMessage =
  | { readonly kind: 'progress'; readonly fraction: number; readonly message?: string }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string; readonly fields?: Fields }
  | { readonly kind: 'result'; readonly result: unknown };

/**
 * Runs a module's default export in a thread of its own and gives what it returns.
 *
 * @param options.signal ends the thread at once; the promise then rejects with the signal's reason.
 * @throws what the function threw (its name, message, code and fields survive), or an error when the thread ends
 *   without a result.
 */
export function runThread<T>(
  module: URL,
  data: unknown,
  options: {
    signal: AbortSignal;
    progress?: (fraction: number, message?: string) => void;
    log?: SkillLog;
  },
): Promise<T> {
  const { signal, progress, log } = options;
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const worker = new Worker(new URL('./thread-host.js', import.meta.url), {
      workerData: { module: module.href, data },
    });
    const settle = (finish: () => void) => {
      signal.removeEventListener('abort', abort);
      worker.removeAllListeners();
      // A library in the thread may keep its loop alive; the result is all that was wanted of it.
      worker.on('error', () => undefined);
      void worker.terminate().finally(finish);
    };
    const abort = () => settle(() => reject(signal.reason as Error));
    signal.addEventListener('abort', abort, { once: true });
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'progress') progress?.(message.fraction, message.message);
      else if (message.kind === 'log') log?.[message.level](message.message, message.fields);
      else settle(() => resolve(message.result as T));
    });
    worker.on('error', error => settle(() => reject(error)));
    worker.on('exit', code =>
      settle(() =>
        reject(new Error(`The thread ${module.pathname} ended with code ${code} before its result`)),
      ),
    );
  });
}
