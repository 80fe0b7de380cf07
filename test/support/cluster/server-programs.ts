import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Of Temporal's server; the dev server of libs/local-stack has the same inside. */
export const TEMPORAL_SERVER_VERSION = 'v1.29.1';
const MODULE = 'go.temporal.io/server';
const PROGRAMS = ['cmd/server', 'cmd/tools/sql'];
/** The most that is kept of what Go says. Bytes. */
const OUTPUT = 64 * 1024 * 1024;

/** Temporal's server as it is run in production, and the tool that makes its databases. */
export interface ServerPrograms {
  readonly server: string;
  /** Has the schema of each database in it. */
  readonly sqlTool: string;
}

/**
 * Temporal's server and its tool for SQL databases, out of Cairn's cache folder. The first time they are built with
 * Go, which takes one to four minutes on two cores.
 * @param say told when there is something to wait for
 * @throws Error when there is no Go, or the build fails
 */
export async function serverPrograms(say: (line: string) => void): Promise<ServerPrograms> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'cairn');
  const folder = join(cache, `temporal-server-${TEMPORAL_SERVER_VERSION}`);
  if (!existsSync(folder)) await build(cache, folder, say);
  return { server: join(folder, 'server'), sqlTool: join(folder, 'sql') };
}

async function build(cache: string, folder: string, say: (line: string) => void): Promise<void> {
  say(`Building Temporal's server ${TEMPORAL_SERVER_VERSION} with go install, once: 1–4 minutes`);
  await mkdir(cache, { recursive: true });
  const incoming = await mkdtemp(join(cache, 'incoming-'));
  // GOBIN is refused for another platform than this one, which GOOS or GOARCH would ask for.
  const env = { ...process.env, GOBIN: incoming, GOOS: undefined, GOARCH: undefined };
  const packages = PROGRAMS.map(path => `${MODULE}/${path}@${TEMPORAL_SERVER_VERSION}`);
  try {
    await promisify(execFile)('go', ['install', ...packages], { cwd: incoming, env, maxBuffer: OUTPUT });
    // Another process may have been first.
    await rename(incoming, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const what = "Temporal's server, which needs Go ≥ 1.24, could not be built";
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}
