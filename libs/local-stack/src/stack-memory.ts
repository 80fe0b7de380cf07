import { readJsonObject, writeJson } from './json-file.js';

/** The parts of a local stack. */
export type StackPart = 'postgres' | 'temporal';

/** What another start of the same home needs to use a stack that runs. */
export interface RunningStack {
  ownerPid: number;
  /** Absent when the owner was given a database instead. */
  databaseUrl?: string;
  postgresPid?: number;
  temporalAddress?: string;
  temporalNamespace?: string;
  temporalUiUrl?: string;
  temporalPid?: number;
}

/** What CAIRN_HOME/stack.json remembers from start to start. */
export interface StackMemory {
  ports: { postgres?: number; temporal?: number; temporalUi?: number };
  /** The stack that runs now; only to be believed while its owner holds the lock. */
  running?: RunningStack;
}

export function readMemory(file: string): StackMemory {
  const found = readJsonObject(file) as Partial<StackMemory> | undefined;
  const ports = found?.ports ?? {};
  const port = (value: unknown) =>
    Number.isInteger(value) && Number(value) > 0 && Number(value) < 65536 ? Number(value) : undefined;
  return {
    ports: {
      postgres: port(ports.postgres),
      temporal: port(ports.temporal),
      temporalUi: port(ports.temporalUi),
    },
    running: typeof found?.running?.ownerPid === 'number' ? found.running : undefined,
  };
}

export function writeMemory(file: string, memory: StackMemory): void {
  writeJson(file, memory);
}
