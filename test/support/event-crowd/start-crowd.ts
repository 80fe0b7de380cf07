import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CrowdPlan, CrowdResult } from './plan.js';

/** Writers that are connected, and wait to be told to begin. */
export interface Crowd {
  /** Lets them begin. @returns what they have done, when they are done */
  begin(): Promise<CrowdResult>;
}

/** Starts writers in a process of their own. */
export async function startCrowd(plan: CrowdPlan): Promise<Crowd> {
  const child = fork(fileURLToPath(new URL('./writers.js', import.meta.url)), [JSON.stringify(plan)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The writers have ended early')));
  ended.catch(() => undefined);
  const message = async () => ((await Promise.race([once(child, 'message'), ended])) as [unknown])[0];
  await message();
  return {
    async begin() {
      child.send('begin');
      return (await message()) as CrowdResult;
    },
  };
}
