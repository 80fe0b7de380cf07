import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Who asks for what is done, as events record it: `key:<id>`, `operator`, or `local` for whoever uses
 * an installation without keys.
 */
export type Actor = string;

const actors = new AsyncLocalStorage<Actor>();

/** Runs `work` on behalf of somebody: events that it appends, however deep, name them. */
export function asActor<T>(actor: Actor, work: () => T): T {
  return actors.run(actor, work);
}

/** On whose behalf this runs; undefined for what the engine does by itself. */
export function currentActor(): Actor | undefined {
  return actors.getStore();
}
