import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCairnClient, type CairnClient } from '@cairn/client';
import type { ArtifactDisk } from './artifact-disk.js';
import type { ScratchHome } from './scratch-home.js';
import { Supervised } from './supervised.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const CATALOG = join(REPOSITORY, 'test/faults/fixtures/catalog.json');

export interface InstanceSettings {
  /** Of its folder, its task queue and its programs. */
  readonly name: string;
  readonly home: ScratchHome;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly apiPorts: readonly number[];
  readonly workers: number;
  readonly disk: ArtifactDisk;
  /** Where artifacts are kept, if not on the disk. */
  readonly artifacts?: Readonly<Record<string, string>>;
}

/** The programs of one Cairn: APIs and workers on one database, one task queue and one folder of artifacts. */
export interface Instance {
  readonly apis: readonly Supervised[];
  readonly workers: readonly Supervised[];
  /** One for each API. */
  readonly clients: readonly CairnClient[];
  /** Where the skills leave their marks. */
  readonly marks: string;
  /** The programs' log files. */
  readonly logs: readonly string[];
  readonly databaseUrl: string;
  /** The folder of artifacts, as this process sees it. */
  readonly artifacts: string;
  /** Waits until all programs are ready. @throws Error when one is not in time */
  untilReady(deadlineMs: number): Promise<void>;
  /** @returns the programs that did not end by themselves when they were told to */
  stop(): Promise<readonly string[]>;
}

/** Starts the programs; they are ready some seconds later. */
export function startInstance(settings: InstanceSettings): Instance {
  const { name, home, databaseUrl, temporalAddress, apiPorts, workers, disk } = settings;
  const folder = join(home.folder, name);
  const marks = join(folder, 'marks');
  const temporary = join(folder, 'tmp');
  for (const path of [marks, temporary]) mkdirSync(path, { recursive: true });
  const env = {
    ...(settings.artifacts ?? { CAIRN_ARTIFACTS: disk.folder }),
    CAIRN_TASK_QUEUE: `faults-${name}`,
    CAIRN_CATALOG: CATALOG,
    CAIRN_LOG_LEVEL: 'info',
    CAIRN_TEST_MARKS: marks,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    // What a killed program leaves there goes with the home.
    TMPDIR: temporary,
  };
  const program = (kind: 'api' | 'worker', index: number, more: Readonly<Record<string, string>> = {}) =>
    new Supervised({
      name: `${kind} ${index + 1}`,
      command: disk.within([process.execPath, join(REPOSITORY, 'apps', kind, 'dist/main.js')]),
      // They share no folder but the artifacts', as on machines of their own.
      env: { ...env, CAIRN_HOME: join(folder, `${kind}-${index + 1}`), ...more },
      logFile: join(folder, `${kind}-${index + 1}.log`),
      onStart: pid => home.outlasts(pid),
    });
  const apis = apiPorts.map((port, index) => program('api', index, { CAIRN_PORT: String(port) }));
  const all = [...apis, ...Array.from({ length: workers }, (_, index) => program('worker', index))];
  for (const each of all) each.start();
  return {
    apis,
    workers: all.slice(apis.length),
    clients: apiPorts.map(port => createCairnClient({ baseUrl: `http://127.0.0.1:${port}` })),
    marks,
    logs: all.map(each => each.logFile),
    databaseUrl,
    artifacts: disk.seenHere,
    untilReady: async deadlineMs => {
      await Promise.all(all.map(each => each.untilReady(deadlineMs)));
    },
    stop: async () => {
      const codes = await Promise.all(all.map(each => each.stop()));
      return all.flatMap((each, index) =>
        codes[index] === 0 ? [] : [`${each.name}: ${codes[index] ?? 'killed'}`],
      );
    },
  };
}
