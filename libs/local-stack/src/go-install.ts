import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startKept, tailOf, type KeptProcess } from './kept-process.js';
import { lastLines } from './log-file.js';
import { onPath, type Search } from './program-cache.js';

const BUILD_WITHIN_MS = 20 * 60_000;
const TELL_EVERY_MS = 30_000;

/** A program that Go can build. */
export interface GoProgram {
  /** The path of its main package; the last part is the program's name. */
  module: string;
  version: string;
  /** As in "Building …". */
  title: string;
  /** How long a build takes and what room it needs, in words. */
  cost: string;
}

/**
 * Builds a program with `go install` in a folder of its own and moves it to `target` when it is whole.
 * @throws Error when Go is not on the PATH or the build fails, with its last line
 */
export async function goInstall(program: GoProgram, target: string, search: Search): Promise<void> {
  const env = search.env ?? process.env;
  const go = onPath('go', env);
  if (!go) throw new Error('Go is not on the PATH');
  const folder = `${target}.${randomUUID()}`;
  mkdirSync(folder, { recursive: true });
  search.log(`Building ${program.title} ${program.version} with go install, once: ${program.cost}`);
  try {
    const build = await startKept({
      command: go,
      args: ['install', `${program.module}@${program.version}`],
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
      await untilBuilt(build, program, search);
    } finally {
      await build.stop();
    }
    renameSync(join(folder, program.module.split('/').at(-1)!), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilBuilt(build: KeptProcess, { title }: GoProgram, search: Search): Promise<void> {
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
    search.log(`Still building ${title} (${seconds} s)`);
  }
  const { how } = await build.ended;
  if (how !== 'exit code 0') throw new Error(`${how}: ${lastLines(await tailOf(build), 1)}`);
}

function signals(search: Search): AbortSignal[] {
  return search.signal ? [search.signal] : [];
}
