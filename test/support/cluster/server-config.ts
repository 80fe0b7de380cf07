import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a Temporal server of four services listens on 127.0.0.1. */
export interface ServerPorts {
  readonly frontend: number;
  readonly history: number;
  readonly matching: number;
  readonly worker: number;
  /** By which each service finds the others. */
  readonly members: readonly [number, number, number, number];
}

/** As the dev server has them too: by default queues are polled 20 times a second, and each hop waits for a tick. */
export const DYNAMIC_CONFIG: Readonly<Record<string, unknown>> = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'history.visibilityProcessorMaxPollRPS': 200,
  // What lets tenants share a queue fairly: each partition does so for itself.
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

/**
 * Writes a server's configuration (JSON is YAML too) below a folder, as `--root <folder> --config config --env cairn`
 * reads it.
 * @param databaseUrl of the PostgreSQL with the databases `temporal` and `temporal_visibility`
 */
export function writeServerConfig(folder: string, databaseUrl: string, ports: ServerPorts): void {
  const dynamic = join(folder, 'dynamic.yaml');
  // What was registered counts at once: for tests only.
  const all = { ...DYNAMIC_CONFIG, 'system.forceSearchAttributesCacheRefreshOnRead': true };
  const values = Object.entries(all).map(([key, value]) => [key, [{ value }]]);
  const services = (['frontend', 'history', 'matching', 'worker'] as const).map((name, index) => [
    name,
    { rpc: { grpcPort: ports[name], membershipPort: ports.members[index], bindOnLocalHost: true } },
  ]);
  const config = {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: {
        // Each of the four services has pools of its own; PostgreSQL has a hundred connections for all.
        default: { sql: store(databaseUrl, 'temporal', 8) },
        visibility: { sql: store(databaseUrl, 'temporal_visibility', 3) },
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(services) as object,
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports.frontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '60s' },
  };
  mkdirSync(join(folder, 'config'), { recursive: true });
  // It has the password of the database.
  writeFileSync(join(folder, 'config', 'cairn.yaml'), JSON.stringify(config, null, 2), { mode: 0o600 });
  writeFileSync(dynamic, JSON.stringify(Object.fromEntries(values), null, 2));
}

function store(databaseUrl: string, databaseName: string, maxConns: number): object {
  const { host, username, password } = new URL(databaseUrl);
  return {
    pluginName: 'postgres12',
    databaseName,
    connectAddr: host,
    connectProtocol: 'tcp',
    user: username,
    password: decodeURIComponent(password),
    maxConns,
    maxIdleConns: maxConns,
    maxConnLifetime: '1h',
  };
}
