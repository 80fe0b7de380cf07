import { createScreen } from '../show/screen.js';
import type { Shell } from '../shell.js';

/** A shell that only counts what it was asked to do. */
export interface CountingShell extends Shell {
  readonly performed: number;
}

export function aShell(): CountingShell {
  let performed = 0;
  return {
    version: '0.0.0',
    env: {},
    screen: createScreen(process.stdout, { NO_COLOR: '1' }),
    controller: new AbortController(),
    cleanups: [],
    json: () => undefined,
    perform: async () => {
      performed++;
    },
    get performed() {
      return performed;
    },
  };
}
