import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { missingSearchAttributes } from './search-attributes.js';
import { TemporalUnavailableError } from './temporal-call.js';

const PAUSE_MS = 5_000;

/**
 * Says, once Temporal can be asked, which search attributes the namespace lacks, with the command that registers
 * them; runs start as soon as it was given.
 */
export function watchSearchAttributes(
  client: Client,
  namespace: string,
  log: Logger,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const watch = async () => {
    let said: string | undefined;
    while (!signal.aborted) {
      const command = await missingSearchAttributes(client, namespace).catch((error: unknown) => {
        if (error instanceof TemporalUnavailableError) return null;
        // An operator may keep this to themselves; a start that is refused says so.
        log.debug({ err: error }, 'the search attributes cannot be listed');
        return undefined;
      });
      if (command === undefined) return;
      if (command !== null && command !== said)
        log.error(
          { command },
          'Temporal lacks search attributes, so no run can start. Register them with this command',
        );
      said = command ?? said;
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}
