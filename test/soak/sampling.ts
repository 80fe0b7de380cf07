import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from '@cairn/dao';
import type { Cluster } from '../support/cluster/cluster.js';
import type { Load } from './load.js';
import { heapOf, usageOf, usageOfFamily } from './processes.js';

/** What was measured of one part at one moment. */
export interface Sample {
  /** Since the beginning. */
  readonly seconds: number;
  readonly part: string;
  /** Whether it is a program of Cairn's, and not a server. */
  readonly own: boolean;
  readonly measure: Measure;
  /** MiB for memory and heap, else a number. */
  readonly value: number;
}

export type Measure = 'memory' | 'heap' | 'handles' | 'connections' | 'runs' | 'open';

const MIB = 1024 * 1024;

export interface Sampling {
  readonly samples: readonly Sample[];
  /** Parts that had ended, and what could not be measured, in words. */
  readonly failures: ReadonlySet<string>;
  stop(): Promise<void>;
}

/**
 * Measures each part of a cluster every so often, until told to stop, and writes it down as CSV.
 * @param heaps the folder of the heap reporters' notes
 */
export function sampleInto(
  csv: string,
  cluster: Cluster,
  load: Load,
  { heaps, everyMs }: { readonly heaps: string; readonly everyMs: number },
): Sampling {
  const begun = Date.now();
  const samples: Sample[] = [];
  const failures = new Set<string>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const programs = [
    ...cluster.apis.map((program, index) => ({ part: `api ${index + 1}`, program })),
    ...cluster.workers.map((program, index) => ({ part: `worker ${index + 1}`, program })),
  ];
  writeFileSync(csv, 'seconds,part,measure,value\n');
  const look = async () => {
    const seconds = Math.round((Date.now() - begun) / 1000);
    const found: Sample[] = [];
    const add = (part: string, own: boolean, measure: Measure, value: number | undefined) => {
      if (value === undefined) failures.add(`${part} has ended`);
      else found.push({ seconds, part, own, measure, value: Math.round(value * 10) / 10 });
    };
    for (const { part, program } of programs) {
      const usage = program.running ? usageOf(program.pid!) : undefined;
      const heap = heapOf(heaps, program.pid!);
      add(part, true, 'memory', usage && usage.memory / MIB);
      if (heap !== undefined) add(part, true, 'heap', heap / MIB);
      add(part, true, 'handles', usage?.handles);
    }
    for (const [part, { pid }] of Object.entries(cluster.servers)) {
      const usage = usageOfFamily(pid);
      add(part, false, 'memory', usage && usage.memory / MIB);
      add(part, false, 'handles', usage?.handles);
    }
    for (const { application, count } of await connectionsOf(cluster.dataSource))
      add(application, application === 'cairn', 'connections', count);
    add('load', false, 'runs', load.counts.completed);
    add('load', false, 'open', load.open);
    samples.push(...found);
    const lines = found.map(({ part, measure, value }) => `${seconds},${part},${measure},${value}\n`);
    appendFileSync(csv, lines.join(''));
  };
  const go = async () => {
    while (!signal.aborted) {
      const next = begun + (Math.floor((Date.now() - begun) / everyMs) + 1) * everyMs;
      await look().catch((error: unknown) => failures.add((error as Error).message));
      await delay(Math.max(0, next - Date.now()), undefined, { signal }).catch(() => undefined);
    }
  };
  const going = go();
  return {
    samples,
    failures,
    stop: async () => {
      stopping.abort();
      await going;
    },
  };
}

/** Connections to PostgreSQL, by the name of the application that has them. */
async function connectionsOf(
  dataSource: DataSource,
): Promise<readonly { readonly application: string; readonly count: number }[]> {
  const found = await dataSource.query<{ name: string; count: number }[]>(
    `SELECT "application_name" AS "name", count(*)::int AS "count" FROM "pg_stat_activity"
      WHERE "backend_type" = 'client backend' AND "pid" <> pg_backend_pid() GROUP BY 1`,
  );
  const counts = new Map<string, number>(['cairn', 'others'].map(name => [name, 0]));
  for (const { name, count } of found) {
    const application = name.startsWith('cairn-') ? 'cairn' : 'others';
    counts.set(application, counts.get(application)! + count);
  }
  return [...counts].map(([application, count]) => ({ application, count }));
}
