import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startKept, tailOf, type KeptProcess } from './kept-process.js';
import { lastLines } from './log-file.js';
import { TEMPORAL_VERSION, onPath, type BinarySearch } from './temporal-binary.js';

const MODULE = 'github.com/temporalio/cli/cmd/temporal';
const BUILD_WITHIN_MS = 20 * 60_000;
const TELL_EVERY_MS = 30_000;

/**
 * Builds Temporal's binary with `go install` in a folder of its own and moves it to `target` when it is whole.
 * @throws Error when Go is not on the PATH or the build fails, with its last line
 */
export async function buildTemporal(target: string, search: BinarySearch): Promise<void> {
  const env = search.env ?? process.env;
  const go = onPath('go', env);
  if (!go) throw new Error('Go is not on the PATH');
  const folder = `${target}.${randomUUID()}`;
  mkdirSync(folder, { recursive: true });
  search.log(
    `Building Temporal's dev server ${TEMPORAL_VERSION} with go install, once: 2–5 minutes, 250 MB in ${dirname(target)} and about 2 GB in Go's own caches`,
  );
  try {
    const build = await startKept({
      command: go,
      args: ['install', `${MODULE}@${TEMPORAL_VERSION}`],
      cwd: folder,
      // GOBIN is refused for another platform than this one, which GOOS or GOARCH would ask for.
      env: { ...env, GOBIN: folder, GOOS: undefined, GOARCH: undefined },
      logFile: join(dirname(target), 'logs', 'go-install.log'),
      endWith: [
        ['SIGTERM', 3_000],
        ['SIGKILL', 2_000],
      ],
      signalGroup: true,
    });
    try {
      await untilBuilt(build, search);
    } finally {
      await build.stop();
    }
    renameSync(join(folder, 'temporal'), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilBuilt(build: KeptProcess, search: BinarySearch): Promise<void> {
  const begun = Date.now();
  while (!build.hasEnded()) {
    const tick = new AbortController();
    const pause = delay(TELL_EVERY_MS, undefined, {
      signal: AbortSignal.any([tick.signal, ...signals(search)]),
    });
    await Promise.race([build.ended, pause.catch(() => undefined)]);
    tick.abort();
    search.signal?.throwIfAborted();
    if (build.hasEnded()) break;
    const seconds = Math.round((Date.now() - begun) / 1000);
    if (seconds * 1000 > BUILD_WITHIN_MS) throw new Error(`not done after ${seconds} s`);
    search.log(`Still building Temporal's dev server (${seconds} s)`);
  }
  const { how } = await build.ended;
  if (how !== 'exit code 0') throw new Error(`${how}: ${lastLines(await tailOf(build), 1)}`);
}

function signals(search: BinarySearch): AbortSignal[] {
  return search.signal ? [search.signal] : [];
}
