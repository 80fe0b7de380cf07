import type { BucketServer } from '../support/cluster/bucket.js';
import { quietPorts } from '../support/cluster/quiet-ports.js';
import type { ScratchHome } from './scratch-home.js';
import {
  startKillablePostgres,
  startKillableS3,
  startKillableTemporal,
  startKillableTemporalServer,
  type Server,
} from './servers.js';

/** `full`: Temporal's full server on PostgreSQL, and S3. `dev`: Temporal's dev server, and a folder for artifacts. */
export type StackKind = 'full' | 'dev';

/** The servers of a fault run. */
export interface Servers {
  readonly postgres: Server;
  readonly temporal: Server;
  readonly s3?: { readonly server: Server; readonly bucket: BucketServer };
}

interface Hooks {
  readonly say: (line: string) => void;
  /** Takes what must be done however it ends. */
  readonly atEnd: (cleanup: () => Promise<unknown>) => void;
}

/** Starts the servers. Those that have started are stopped at the end, though others have not. */
export async function startServers(
  kind: StackKind,
  home: ScratchHome,
  { say, atEnd }: Hooks,
): Promise<Servers> {
  const kept = <T extends Server>(server: T): T => {
    atEnd(() => server.stop());
    return server;
  };
  const [postgresPort, temporalPort, uiPort, s3Port] = (await quietPorts(4)) as [
    ...[number, number, number, number],
  ];
  const postgres = kept(await startKillablePostgres(home, postgresPort));
  if (kind === 'dev')
    return { postgres, temporal: kept(await startKillableTemporal(home, temporalPort, uiPort)) };
  const temporal = kept(await startKillableTemporalServer(home, postgres.address, say));
  const s3 = await startKillableS3(home, s3Port);
  kept(s3.server);
  return { postgres, temporal, s3 };
}
