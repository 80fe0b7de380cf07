import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, startTemporal, type KeptProcess } from '@cairn/local-stack';

export const SEARCH_ATTRIBUTES = {
  CairnTenant: 'Keyword',
  CairnRunId: 'Keyword',
  CairnTags: 'KeywordList',
} as const;

/** A PostgreSQL and a Temporal of a test's own, with data of their own, which can be killed. */
export interface OwnStack {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Kills both. */
  kill(): Promise<void>;
  /** Starts both again, with their data, where they were. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnStack(): Promise<OwnStack> {
  const home = await mkdtemp(join(tmpdir(), 'cairn-stack-'));
  // As root, PostgreSQL runs as another user.
  await chmod(home, 0o755);
  const common = { home, log: () => undefined };
  const postgresAt = (ports: readonly number[]) =>
    startPostgres({ ...common, durable: false, preferredPorts: ports });
  const temporalAt = (ports: readonly number[]) =>
    startTemporal({
      ...common,
      searchAttributes: SEARCH_ATTRIBUTES,
      preferredPorts: ports,
      preferredUiPorts: [],
    });
  let [postgres, temporal] = await Promise.all([postgresAt([]), temporalAt([])]);
  return {
    databaseUrl: postgres.databaseUrl,
    temporalAddress: temporal.address,
    kill: async () => void (await Promise.all([postgres, temporal].map(each => kill(each.process)))),
    restart: async () => {
      [postgres, temporal] = await Promise.all([postgresAt([postgres.port]), temporalAt([temporal.port])]);
    },
    stop: async () => {
      await Promise.all([postgres.process.stop(), temporal.process.stop()]);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function kill(kept: KeptProcess): Promise<void> {
  process.kill(kept.pid, 'SIGKILL');
  await kept.ended;
}
