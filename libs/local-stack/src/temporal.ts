import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StackError, reasonOf } from './errors.js';
import { homeId, homePaths } from './home-folder.js';
import { startKept, tailOf, type KeptProcess } from './kept-process.js';
import { endLeftover } from './leftover.js';
import { freePort } from './ports.js';
import { findTemporalBinary } from './temporal-binary.js';
import { temporalProblem } from './temporal-ready.js';

/** The types of search attributes that Temporal knows. */
export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

export interface TemporalOptions {
  /** CAIRN_HOME, an absolute path. */
  home: string;
  /** Made when the server has none of this name. `default` by default. */
  namespace?: string;
  /** Registered when the server has none of the name. */
  searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  /** Further dynamic configuration of the server; values are JSON. */
  dynamicConfig?: Readonly<Record<string, unknown>>;
  /** Path of the `temporal` binary; found as findTemporalBinary says if not given. */
  binary?: string;
  /** Ports of 127.0.0.1 to try first, in order. */
  preferredPorts?: readonly number[];
  preferredUiPorts?: readonly number[];
  log: (line: string) => void;
  signal?: AbortSignal;
}

export interface RunningTemporal {
  address: string;
  namespace: string;
  uiUrl: string;
  port: number;
  uiPort: number;
  process: KeptProcess;
}

const DEFAULT_PORT = 7233;
const DEFAULT_UI_PORT = 8233;
const READY_WITHIN_MS = 60_000;
const MAX_TRIES = 5;
const END_WITH: [NodeJS.Signals, number][] = [
  ['SIGTERM', 5_000],
  ['SIGKILL', 2_000],
];
/**
 * Tasks are handed out in turn to those whom they are for, by the fairness key that runs are started with. Each partition
 * of a queue does so for itself, and a worker asks one of them: with several, a task may wait while others' go first.
 */
const FAIRNESS = {
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};
/** By default the dev server polls its queues 20 times a second, and each hop of a workflow waits for a tick. */
const POLL_RATES = { 'history.transferProcessorMaxPollRPS': 2000, 'history.timerProcessorMaxPollRPS': 2000 };

/**
 * Starts the Temporal dev server of one CAIRN_HOME, with its state as the last start left it, listening on 127.0.0.1
 * only. Ends one that an earlier start left behind. It ends with this process. Callers see to it that one process at
 * a time does this for one home (startLocalStack holds a lock).
 * @throws StackError TEMPORAL_UNAVAILABLE or TEMPORAL_FAILED
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { home, namespace = 'default', log, signal } = options;
  const binary = options.binary ?? (await findTemporalBinary({ log, signal }));
  mkdirSync(homePaths(home).temporalFolder, { recursive: true });
  const pidFile = join(homePaths(home).temporalFolder, 'temporal.pid');
  await endLeftover({ name: 'Temporal dev server', pidFile, mark: markOf(home), endWith: END_WITH }, log);

  const taken = new Set<number>();
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const port = await freePort(options.preferredPorts ?? [DEFAULT_PORT], taken);
    const uiPort = await freePort(options.preferredUiPorts ?? [DEFAULT_UI_PORT], new Set([...taken, port]));
    const process = await launch(binary, argumentsOf(options, namespace, port, uiPort), home);
    writeFileSync(pidFile, `${process.pid}\n`);
    try {
      const address = `127.0.0.1:${port}`;
      await untilReady(process, address, namespace, signal);
      return { address, namespace, uiUrl: `http://127.0.0.1:${uiPort}`, port, uiPort, process };
    } catch (error) {
      const output = await process.output();
      await process.stop();
      if (attempt >= MAX_TRIES || !/address already in use/i.test(output)) throw error;
      taken.add(port).add(uiPort);
    }
  }
}

function argumentsOf(options: TemporalOptions, namespace: string, port: number, uiPort: number): string[] {
  const dynamic = Object.entries({ ...POLL_RATES, ...FAIRNESS, ...options.dynamicConfig });
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', join(homePaths(options.home).temporalFolder, 'temporal.db')],
    // Safe when a process dies; a power cut may take the last moments. Gives most of the speed of no file back.
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
    ...['--namespace', namespace],
    ...dynamic.flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
    ...Object.entries(options.searchAttributes ?? {}).flatMap(pair => ['--search-attribute', pair.join('=')]),
  ];
}

async function launch(binary: string, args: string[], home: string): Promise<KeptProcess> {
  try {
    return await startKept({
      command: binary,
      args,
      argv0: markOf(home),
      cwd: '/',
      // TEMPORAL_* would reach the command line's own settings.
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      logFile: homePaths(home).temporalLog,
      endWith: END_WITH,
    });
  } catch (error) {
    throw new StackError(
      'TEMPORAL_FAILED',
      `Temporal's dev server could not be run (${binary}): ${reasonOf(error)}`,
    );
  }
}

async function untilReady(
  process: KeptProcess,
  address: string,
  namespace: string,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    signal?.throwIfAborted();
    const problem = await problemOf(process, address, namespace);
    if (process.hasEnded() || Date.now() > deadline) {
      const state = process.hasEnded()
        ? `ended as it started (${(await process.ended).how})`
        : `is not ready: ${problem}`;
      throw new StackError(
        'TEMPORAL_FAILED',
        `Temporal's dev server ${state}: its log says why`,
        await tailOf(process),
      );
    }
    if (problem === undefined) return;
    await delay(25);
  }
}

/** Its own word that it listens comes first: on a port that was taken meanwhile, another server would answer. */
async function problemOf(
  process: KeptProcess,
  address: string,
  namespace: string,
): Promise<string | undefined> {
  if (!/Server:\s/.test(await process.output())) return 'it has not said that it listens';
  return temporalProblem(address, namespace);
}

/** How a home's Temporal is named in the list of processes. */
function markOf(home: string): string {
  return `temporal-cairn-${homeId(home)}`;
}
