import { setTimeout as delay } from 'node:timers/promises';
import type { LocalStack } from '@cairn/local-stack';
import { CliError, reasonOf } from '../errors.js';
import type { Supervision } from './supervised-program.js';

const NAMES = { postgres: 'PostgreSQL', temporal: 'Temporal' } as const;
const MOST_CRASHES = 5;

/**
 * Starts a server of the stack again when it ends unasked. The fifth time, or when it does not start, all ends.
 * @param moved called when a server came back at another address
 */
export function guardStack(stack: LocalStack, supervision: Supervision, moved: () => Promise<void>): void {
  const { say, gaveUp, signal } = supervision;
  const crashes = { postgres: 0, temporal: 0 };
  const addresses = () => `${stack.databaseUrl} ${stack.temporalAddress}`;
  const again = async (part: keyof typeof NAMES, detail: string): Promise<void> => {
    if (signal.aborted) return;
    if (stack.shared) return gaveUp(new CliError(`${NAMES[part]} is gone: ${detail}`));
    if (++crashes[part] >= MOST_CRASHES)
      return gaveUp(new CliError(`${NAMES[part]} keeps ending: ${detail}`));
    say(`${NAMES[part]} has ended (${detail}); starting it again`);
    const before = addresses();
    try {
      await delay(250 * 2 ** crashes[part], undefined, { signal });
      await stack.restart(part);
      if (addresses() !== before) await moved();
      say(`${NAMES[part]} is back`);
    } catch (error) {
      if (!signal.aborted)
        gaveUp(new CliError(`${NAMES[part]} could not be started again: ${reasonOf(error)}`));
    }
  };
  stack.onCrash((part, detail) => void again(part, detail));
}
