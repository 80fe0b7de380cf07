import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StackError, reasonOf } from './errors.js';
import { goInstall } from './go-install.js';
import { startKept, tailOf, type KeptProcess } from './kept-process.js';
import { freePort } from './ports.js';
import { cacheFolder, cachedProgram, type Search } from './program-cache.js';

/** The gateway that stands in for S3 on a machine without it: https://github.com/versity/versitygw */
export const S3_GATEWAY_VERSION = 'v1.8.0';

const DEFAULT_PORT = 7070;
const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'cairn', secretAccessKey: 'cairn-secret' };
const READY_WITHIN_MS = 20_000;
const MAX_TRIES = 5;

export interface S3Options {
  /** An absolute path; buckets are folders in `buckets` below it, an object is a file of its key's name. */
  home: string;
  /** Made when the gateway starts. */
  buckets: readonly string[];
  /** Ports of 127.0.0.1 to try first, in order. */
  preferredPorts?: readonly number[];
  log: (line: string) => void;
  signal?: AbortSignal;
}

export interface RunningS3 {
  endpoint: string;
  port: number;
  /** What a program that uses it finds in its environment. */
  env: Readonly<Record<string, string>>;
  /** The file with an object's bytes. */
  fileOf(bucket: string, key: string): string;
  process: KeptProcess;
}

/**
 * Starts an S3 server over a folder, listening on 127.0.0.1 only. It ends with this process. The program is in
 * Cairn's cache folder; the first time, Go builds it.
 * @throws StackError S3_UNAVAILABLE or S3_FAILED
 */
export async function startS3(options: S3Options): Promise<RunningS3> {
  const binary = await findS3Gateway(options);
  const folder = join(options.home, 'buckets');
  for (const bucket of ['', ...options.buckets]) mkdirSync(join(folder, bucket), { recursive: true });
  const taken = new Set<number>();
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    const port = await freePort(options.preferredPorts ?? [DEFAULT_PORT], taken);
    const endpoint = `http://127.0.0.1:${port}`;
    // Known to this gateway alone: on a port that was taken meanwhile another one would answer.
    const health = `/health-${randomUUID()}`;
    const process = await launch(binary, options.home, folder, [
      '--port',
      `127.0.0.1:${port}`,
      '--health',
      health,
    ]);
    try {
      await untilReady(process, `${endpoint}${health}`, options.signal);
      return {
        endpoint,
        port,
        env: {
          AWS_ENDPOINT_URL_S3: endpoint,
          AWS_REGION: REGION,
          AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
          AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        },
        fileOf: (bucket, key) => join(folder, bucket, key),
        process,
      };
    } catch (error) {
      const output = await process.output();
      await process.stop();
      if (attempt >= MAX_TRIES || !/address already in use/i.test(output)) throw error;
      taken.add(port);
    }
  }
}

/**
 * The gateway's program.
 * @returns its path
 * @throws StackError S3_UNAVAILABLE with what to do, when there is none and none can be had
 */
export async function findS3Gateway(search: Search): Promise<string> {
  const target = join(cacheFolder(search.env), `versitygw-${S3_GATEWAY_VERSION}`);
  const program = {
    module: 'github.com/versity/versitygw/cmd/versitygw',
    version: S3_GATEWAY_VERSION,
    title: 'an S3 gateway, versitygw',
    cost: `1–3 minutes, 80 MB in ${cacheFolder(search.env)} and about 1 GB in Go's own caches`,
  };
  const naming = { name: 'versitygw', title: 'the S3 gateway' };
  return cachedProgram(target, naming, search, () => goInstall(program, target, search)).catch(
    (error: unknown) => {
      search.signal?.throwIfAborted();
      throw new StackError('S3_UNAVAILABLE', `No S3 gateway (${reasonOf(error)}): install Go ≥ 1.24`);
    },
  );
}

async function launch(
  binary: string,
  home: string,
  folder: string,
  listening: string[],
): Promise<KeptProcess> {
  // What the gateway keeps of an object beside its bytes: not every file system has attributes for it.
  const sidecar = join(home, 'metadata');
  mkdirSync(sidecar, { recursive: true });
  try {
    return await startKept({
      command: binary,
      args: [...listening, '--keep-alive', '--quiet', 'posix', '--sidecar', sidecar, folder],
      cwd: '/',
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        VGW_REGION: REGION,
        ROOT_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        ROOT_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      },
      logFile: join(home, 's3.log'),
      // It waits for connections that are open, and clients keep theirs.
      endWith: [['SIGKILL', 5_000]],
    });
  } catch (error) {
    throw new StackError('S3_FAILED', `The S3 gateway could not be run (${binary}): ${reasonOf(error)}`);
  }
}

async function untilReady(process: KeptProcess, health: string, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    signal?.throwIfAborted();
    const status = await fetch(health, { signal: AbortSignal.timeout(1_000) }).then(
      answer => answer.body?.cancel().then(() => answer.status) ?? answer.status,
      () => undefined,
    );
    if (process.hasEnded() || Date.now() > deadline) {
      const state = process.hasEnded()
        ? `ended as it started (${(await process.ended).how})`
        : `is not ready: it answers with ${status}`;
      throw new StackError('S3_FAILED', `The S3 gateway ${state}: its log says why`, await tailOf(process));
    }
    if (status === 200) return;
    await delay(25);
  }
}
