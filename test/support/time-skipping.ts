import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';

/** The version in test/fixtures/time-skipping-server/pom.xml. */
const VERSION = '1.32.1';
const POM = fileURLToPath(new URL('../../fixtures/time-skipping-server/pom.xml', import.meta.url));
/** By Temporal's numbers of types. */
const SEARCH_ATTRIBUTES = { CairnTenant: 2, CairnRunId: 2, CairnTags: 7 };

/** A Temporal server on which time passes only when it is told to, at once. */
export interface TimeSkippingTemporal {
  readonly address: string;
  /** Lets time pass, e.g. `3d`. */
  pass(time: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts Temporal's own test server, a Java program. The first time it is fetched by Maven into Cairn's cache folder.
 * @throws Error when there is no Java or no Maven
 */
export async function startTimeSkippingTemporal(): Promise<TimeSkippingTemporal> {
  const folder = await serverFolder();
  const temporal = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: join(folder, 'start') } },
  });
  await temporal.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  return {
    address: temporal.address,
    pass: time => temporal.sleep(time as Parameters<typeof temporal.sleep>[0]),
    stop: () => temporal.teardown(),
  };
}

/** Where the server is: its jars, and the program that starts it. */
async function serverFolder(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'cairn');
  const folder = join(cache, `time-skipping-server-${VERSION}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const incoming = await mkdtemp(join(cache, 'incoming-'));
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${join(incoming, 'jars')}`];
  try {
    await promisify(execFile)('mvn', ['-B', '-q', '-f', POM, ...goal]);
    const java = `exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '${join(folder, 'jars', '*')}'`;
    const script = `#!/bin/sh\n${java} io.temporal.testserver.TestServer "$@" 2>/dev/null\n`;
    await writeFile(join(incoming, 'start'), script, { mode: 0o755 });
    // Another test run may have been first.
    await rename(incoming, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const what = 'The time-skipping Temporal server, which needs Java and Maven (apt-get install maven)';
    throw new Error(`${what}, could not be fetched: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
  return folder;
}
