import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createDataSource } from '@cairn/dao';
import { quietPorts } from '../support/cluster/quiet-ports.js';
import { findings, type StoredElsewhere } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';
import { openArtifactDisk, ordinaryFolder } from './artifact-disk.js';
import { collect, collectMeanwhile } from './collect.js';
import { watchOpenRuns } from './database.js';
import { countExecutions, NOTHING_HIT } from './executions.js';
import { strike, type Fault } from './fault-plan.js';
import { startInstance, type Instance } from './instance.js';
import { judgeResults, judgeRuns, seconds, TERMINAL_WITHIN_MS } from './judgement.js';
import { beginLoad, type Load } from './load.js';
import { readRuns } from './outcomes.js';
import { seeded } from './random.js';
import { runReference } from './reference.js';
import { reportOf } from './report.js';
import { makeScratchHome, type ScratchHome } from './scratch-home.js';
import { startServers, type StackKind } from './stack.js';
import type { Server } from './servers.js';

export interface FaultRunSettings {
  /** How long faults strike. Milliseconds. */
  readonly durationMs: number;
  /** All random decisions follow from it; what they meet depends on the machine. */
  readonly seed: number;
  readonly say: (line: string) => void;
  /** A folder for the logs of all programs; they are copied there when something does not hold. */
  readonly logsTo: string;
  /** What it runs on. */
  readonly stack: StackKind;
  /** Breaks it off. */
  readonly signal?: AbortSignal;
}

export interface FaultRun {
  readonly faults: readonly Fault[];
  /** Why the disk was not filled on this machine; undefined when it was. */
  readonly diskLeftOut?: string;
  /** What must not be, in words; empty when all holds. */
  readonly problems: readonly string[];
  /** For a reader, with all figures. */
  readonly report: string;
}

const MEBIBYTE = 1024 * 1024;
const START_WITHIN_MS = 120_000;

/** More than the load writes in the time. Bytes. */
const diskSize = (durationMs: number) => Math.ceil(128 + 1.5 * (durationMs / 1000)) * MEBIBYTE;

/**
 * Starts a Cairn with servers of its own, puts load on it, strikes it for a while, lets it come to rest, and looks
 * whether everything that it has promised holds. Leaves nothing behind, however it ends.
 * @throws Error when a part of the harness itself fails: then nothing is said about Cairn
 */
export async function runFaults(settings: FaultRunSettings): Promise<FaultRun> {
  const { signal = new AbortController().signal } = settings;
  const home = makeScratchHome();
  const cleanups: (() => Promise<unknown>)[] = [() => home.remove()];
  try {
    return await within(home, { ...settings, signal }, cleanup => void cleanups.unshift(cleanup));
  } finally {
    for (const cleanup of cleanups) await cleanup();
  }
}

async function within(
  home: ScratchHome,
  { durationMs, seed, say, logsTo, stack, signal }: Required<FaultRunSettings>,
  atEnd: (cleanup: () => Promise<unknown>) => void,
): Promise<FaultRun> {
  const begun = Date.now();
  const tell = (line: string) => say(`[${seconds(Date.now() - begun).padStart(6)} s] ${line}`);
  const random = seeded(seed);
  tell(`seed ${seed}`);
  const folder = join(home.folder, 'artifacts');
  const disk =
    stack === 'full'
      ? ordinaryFolder(folder, 'artifacts are in S3')
      : await openArtifactDisk(folder, diskSize(durationMs));
  atEnd(() => disk.close());
  if (disk.unfillable !== undefined) tell(`the disk is not filled: ${disk.unfillable}`);
  const [referencePort, ...apiPorts] = (await quietPorts(3)) as [number, ...number[]];
  const { postgres, temporal, s3 } = await startServers(stack, home, { say: tell, atEnd });
  const servers = { databaseUrl: postgres.address, temporalAddress: temporal.address };
  const instance = startInstance({
    ...{ name: 'struck', home, ...servers, apiPorts, workers: 2, disk },
    artifacts: s3?.bucket.env,
  });
  atEnd(() => instance.stop());
  await orBrokenOff(signal, instance.untilReady(START_WITHIN_MS));

  tell('load begins');
  const open = watchOpenRuns(postgres.address);
  atEnd(() => open.stop());
  const load = beginLoad({
    clients: instance.clients,
    random: random.fork('load'),
    open: () => open.count,
    signal,
  });
  const collecting = collectMeanwhile(instance.clients, random.fork('collections'));
  atEnd(() => collecting.stop());
  const targets = { ...instance, postgres, temporal, s3: s3?.server, disk };
  const faults = await strike(targets, random.fork('faults'), durationMs, { say: tell, signal });
  signal.throwIfAborted();
  tell(`faults end; ${load.accepted.length} runs accepted, ${open.count} have not ended`);
  await orBrokenOff(
    signal,
    rest(load, instance, [postgres, temporal, ...(s3 ? [s3.server] : [])], () =>
      signal.aborted ? 0 : open.count,
    ),
  );
  tell(`at rest; ${open.count} runs have not ended`);

  await collecting.stop();
  const rows = await readRuns(postgres.address);
  const outcomes = judgeRuns(load, rows, faults);
  if ((await disk.used()) > 0.9) throw new Error('The load itself has filled the disk: it must be larger');
  const collection = await collect(instance.clients[0]!);
  const recorded = await look(instance, home, s3?.bucket.stored);
  const unwilling = await instance.stop();
  tell('comparing with undisturbed runs');
  const completed = new Set(rows.flatMap(({ id, status }) => (status === 'completed' ? [id] : [])));
  const runs = load.accepted.filter(({ runId }) => completed.has(runId));
  const reference = await orBrokenOff(
    signal,
    runReference(runs, { home, ...servers, apiPort: referencePort, atEnd }),
  );
  const differences = judgeResults(load, rows, reference);

  const programs = [...instance.apis, ...instance.workers];
  const kills = programs.flatMap(program => program.kills);
  const executions = countExecutions(instance.marks, kills, faults);
  const needless = executions.repeats.get(NOTHING_HIT);
  const problems = [
    ...outcomes.problems,
    ...recorded.broken,
    ...recorded.orphans,
    ...recorded.remains,
    ...unwilling.map(line => `did not stop when told to: ${line}`),
    ...differences,
    ...(needless ? [`${needless} executions were repeated though nothing was hit`] : []),
  ];
  if (problems.length > 0) keepLogs(home, instance, logsTo);
  const report = reportOf({
    seed,
    durationMs,
    diskLeftOut: disk.unfillable,
    faults,
    outcomes,
    accepted: load.accepted.length,
    resent: load.accepted.filter(({ requests }) => requests > 1).length,
    compared: runs.length,
    executions,
    programs,
    collection,
    collections: collecting.count,
    problems,
    logs: logsTo,
  });
  return { faults, diskLeftOut: disk.unfillable, problems, report };
}

function keepLogs({ folder }: ScratchHome, { logs }: Instance, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  cpSync(join(folder, 'logs'), to, { recursive: true });
  for (const log of logs) if (existsSync(log)) cpSync(log, join(to, basename(log)));
}

/** Waits for work, but not beyond the end of the signal. @throws the signal's reason */
async function orBrokenOff<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  // Broken off, nobody waits for it any more.
  work.catch(() => undefined);
  signal.throwIfAborted();
  const over = new AbortController();
  const broken = once(signal, 'abort', { signal: over.signal }).then(() => {
    throw signal.reason;
  });
  try {
    return await Promise.race([work, broken]);
  } finally {
    over.abort();
  }
}

/** Waits until everything runs again and all runs have ended, or their time is up. */
async function rest(
  load: Load,
  instance: Instance,
  servers: readonly Server[],
  open: () => number,
): Promise<void> {
  const end = Date.now() + TERMINAL_WITHIN_MS;
  const left = () => Math.max(0, end - Date.now());
  await Promise.all(servers.map(server => server.back()));
  await load.finish(left());
  await instance.untilReady(START_WITHIN_MS);
  await waitUntil('all runs have ended', () => open() === 0, left()).catch(() => undefined);
}

async function look(
  { databaseUrl, artifacts }: Instance,
  home: ScratchHome,
  stored: StoredElsewhere | undefined,
) {
  const dataSource = await createDataSource({ url: databaseUrl, poolSize: 2 }).initialize();
  try {
    return await findings({ dataSource, home: home.folder, artifacts, stored });
  } finally {
    await dataSource.destroy();
  }
}
