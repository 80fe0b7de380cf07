import { join } from 'node:path';
import { waitUntil } from '../support/wait-until.js';
import { ordinaryFolder } from './artifact-disk.js';
import { query, watchOpenRuns } from './database.js';
import { countExecutions } from './executions.js';
import { startInstance } from './instance.js';
import type { AcceptedRun } from './load.js';
import { readRuns } from './outcomes.js';
import type { ScratchHome } from './scratch-home.js';

export interface ReferenceSettings {
  readonly home: ScratchHome;
  /** Of a server on which a database of its own is made. */
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly apiPort: number;
  /** Takes what must be done even if nobody waits any more. */
  readonly atEnd: (cleanup: () => Promise<unknown>) => void;
}

/** Runs started and not yet ended at a time, so that a small machine keeps up. */
const AT_ONCE = 8;
const READY_WITHIN_MS = 60_000;
/** For each run; a stuck one is not waited for. */
const RUN_WITHIN_MS = 60_000;

/** What makes two runs the same: their input. */
export const inputOf = ({ workflow, trigger }: Pick<AcceptedRun, 'workflow' | 'trigger'>): string =>
  JSON.stringify([workflow, trigger]);

/** What runs of the same inputs make when nothing disturbs them. */
export interface Reference {
  /** Results by {@link inputOf}. */
  readonly results: ReadonlyMap<string, string>;
  /** What went wrong though nothing was hit, in words. */
  readonly problems: readonly string[];
}

/** Runs each input once on a Cairn that begins with nothing, and that nothing is done to. */
export async function runReference(
  runs: readonly AcceptedRun[],
  settings: ReferenceSettings,
): Promise<Reference> {
  const { home, temporalAddress, apiPort, atEnd } = settings;
  await query(settings.databaseUrl, 'CREATE DATABASE "reference"');
  const url = new URL(settings.databaseUrl);
  url.pathname = '/reference';
  const instance = startInstance({
    name: 'reference',
    home,
    databaseUrl: url.href,
    temporalAddress,
    apiPorts: [apiPort],
    workers: 1,
    disk: ordinaryFolder(join(home.folder, 'reference', 'artifacts')),
  });
  atEnd(() => instance.stop());
  await instance.untilReady(READY_WITHIN_MS);
  const open = watchOpenRuns(url.href);
  try {
    const inputs = new Map<string, string>();
    const client = instance.clients[0]!;
    const different = new Map(runs.map(run => [inputOf(run), run]));
    for (const [input, { workflow, trigger }] of different) {
      await waitUntil(
        'the reference keeps up',
        () => inputs.size < AT_ONCE || open.count < AT_ONCE,
        RUN_WITHIN_MS,
      );
      const { run } = await client.startRun({ workflow, trigger });
      inputs.set(run.id, input);
    }
    const ended = async () =>
      (await readRuns(url.href)).every(({ status }) => status !== 'queued' && status !== 'running');
    await waitUntil('the reference has ended', ended, RUN_WITHIN_MS);
    const rows = await readRuns(url.href);
    const { repeats } = countExecutions(instance.marks, [], []);
    const again = [...repeats.values()].reduce((sum, count) => sum + count, 0);
    return {
      results: new Map(rows.map(({ id, result }) => [inputs.get(id)!, result])),
      problems: [
        ...rows.flatMap(({ id, status, error }) =>
          status === 'completed' ? [] : [`the undisturbed run ${id} is ${status}: ${error}`],
        ),
        ...(again > 0 ? [`${again} executions were repeated though nothing was hit`] : []),
      ],
    };
  } finally {
    await open.stop();
    await instance.stop();
  }
}
