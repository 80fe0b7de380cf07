import { join } from 'node:path';
import { cachedProgram, cacheFolder, goInstall } from '@cairn/local-stack';

/** Of Temporal's server; the dev server of libs/local-stack has the same inside. */
export const TEMPORAL_SERVER_VERSION = 'v1.29.1';

/** Temporal's server as it is run in production, and the tool that makes its databases. */
export interface ServerPrograms {
  readonly server: string;
  /** Has the schema of each database in it. */
  readonly sqlTool: string;
}

/**
 * Temporal's server and its tool for SQL databases, out of Cairn's cache folder. The first time they are built with
 * Go.
 * @param say told when there is something to wait for
 * @throws Error when there is no Go, or the build fails
 */
export async function serverPrograms(say: (line: string) => void): Promise<ServerPrograms> {
  return {
    server: await program('temporal-full', 'cmd/server', "Temporal's server", say),
    sqlTool: await program('temporal-sql', 'cmd/tools/sql', "Temporal's tool for databases", say),
  };
}

function program(name: string, path: string, title: string, say: (line: string) => void): Promise<string> {
  const target = join(cacheFolder(), `${name}-${TEMPORAL_SERVER_VERSION}`);
  const search = { log: say };
  const source = {
    module: `go.temporal.io/server/${path}`,
    version: TEMPORAL_SERVER_VERSION,
    title,
    cost: "1–4 minutes, 130 MB, and about 2 GB in Go's own caches",
  };
  return cachedProgram(target, { name, title }, search, () => goInstall(source, target, search));
}
