import type { SearchAttributeType } from './temporal.js';
import type { StackPart } from './stack-memory.js';

export interface LocalStackOptions {
  /** CAIRN_HOME: everything the stack keeps is below this folder. Made absolute. */
  home: string;
  /** A PostgreSQL someone else runs: none is started then. */
  databaseUrl?: string;
  /** `host:port` of a Temporal someone else runs: none is started then. */
  temporalAddress?: string;
  /** `default` by default. */
  temporalNamespace?: string;
  /** Registered by the dev server as it starts; on a server someone else runs they are not looked at. */
  searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  /** Further dynamic configuration of the dev server. */
  temporalDynamicConfig?: Readonly<Record<string, unknown>>;
  /** False for tests only: PostgreSQL does not wait for the disk. */
  durable?: boolean;
  /** Told what takes time or is unusual, a line each. */
  log: (line: string) => void;
  /** Ends a start that is under way; what was started already is ended too. */
  signal?: AbortSignal;
}

/** One server of a stack, as this process sees it. */
export interface StackPartInfo {
  /** Who runs it: this process, another start of the same CAIRN_HOME, or someone else. */
  runBy: 'this process' | 'another start' | 'someone else';
  /** Of the server itself; unknown when someone else runs it. */
  pid?: number;
}

export interface LocalStack {
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** Unknown when someone else runs Temporal. */
  temporalUiUrl?: string;
  postgres: StackPartInfo;
  temporal: StackPartInfo;
  /** Whether this stack is run by another start of the same CAIRN_HOME; `stop` leaves it alone then. */
  shared: boolean;
  /** Calls back, once for each part, when a part ends that nobody asked to end. `detail` is one line. */
  onCrash(callback: (part: StackPart, detail: string) => void): void;
  /** Starts a part of this process's own stack again after it crashed, with its data and, if still free, its ports. */
  restart(part: StackPart): Promise<void>;
  /** Ends what this process started, and waits until it is gone. Safe to call again. */
  stop(): Promise<void>;
}
