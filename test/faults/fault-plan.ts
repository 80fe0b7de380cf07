import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../support/wait-until.js';
import type { ArtifactDisk } from './artifact-disk.js';
import type { Random } from './random.js';
import type { Server } from './servers.js';
import type { Supervised } from './supervised.js';

export type FaultKind = 'worker' | 'api' | 'postgres' | 'temporal' | 's3' | 'disk';

/** Something that was done to the stack. */
export interface Fault {
  readonly kind: FaultKind;
  /** What was hit, in words. */
  readonly what: string;
  /** Times in ms since 1970; until it struck, and until what it hit was let go on. */
  readonly from: number;
  readonly to: number;
}

/** What faults can hit. */
export interface Targets {
  readonly apis: readonly Supervised[];
  readonly workers: readonly Supervised[];
  readonly postgres: Server;
  readonly temporal: Server;
  /** Where artifacts are not on a disk. */
  readonly s3?: Server;
  readonly disk: ArtifactDisk;
}

/** Workers are where work is lost: they are hit twice as often. */
const KINDS: readonly FaultKind[] = ['worker', 'worker', 'api', 'postgres', 'temporal', 's3', 'disk'];
/** From one strike to the next, whatever is still down. Milliseconds. */
const GAP_MS = [1_200, 4_500] as const;
const DOWN_MS = [100, 3_000] as const;
/** Long enough that steps meet it. */
const FULL_MS = [1_500, 5_000] as const;
const REFILL_EVERY_MS = 100;

/**
 * Strikes at random until time is up: in turns of all kinds, each turn in another order, so that a short time meets
 * all of them too. What is struck comes back by itself after a while, and others are struck meanwhile.
 * @param say told each fault as it strikes
 * @returns all faults, when everything that was struck is on its way back, and the disk has room
 */
export async function strike(
  targets: Targets,
  random: Random,
  durationMs: number,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  let filled: Promise<void> | undefined;
  const { s3 } = targets;
  const missing = new Set<FaultKind>([
    ...(targets.disk.unfillable === undefined ? [] : ['disk' as const]),
    ...(s3 ? [] : ['s3' as const]),
  ]);
  const kinds = KINDS.filter(kind => !missing.has(kind));
  const end = Date.now() + durationMs;
  const note = (kind: FaultKind, what: string, from: number, downMs: number) => {
    say(`${what}, for ${downMs} ms`);
    faults.push({ kind, what, from, to: from + downMs });
  };

  const programs = async (kind: 'worker' | 'api', all: readonly Supervised[]) => {
    const downMs = random.between(...DOWN_MS);
    const both = random.chance(0.3);
    const running = await waitUntil(`a running ${kind}`, () => {
      const found = all.filter(each => each.isRunning);
      return found.length > 0 && found;
    });
    const hit = both ? running : [random.pick(running)];
    const from = Date.now();
    await Promise.all(hit.map(each => each.kill(downMs)));
    note(kind, `killed ${hit.map(({ name }) => name).join(' and ')}`, from, downMs);
  };
  const server = async (kind: 'postgres' | 'temporal' | 's3', hit: Server) => {
    const downMs = random.between(...DOWN_MS);
    const how = kind === 'postgres' && random.chance(0.3) ? 'child' : 'whole';
    await hit.back();
    const from = Date.now();
    note(kind, `killed ${await hit.kill(downMs, how)}`, from, downMs);
  };
  const fillDisk = async () => {
    const { disk } = targets;
    const fullMs = random.between(...FULL_MS);
    await filled;
    const from = Date.now();
    await disk.fill();
    note('disk', 'filled the disk', from, fullMs);
    // What writers give up is taken too: it stays full.
    while (Date.now() < from + fullMs && !signal.aborted) {
      await delay(REFILL_EVERY_MS);
      await disk.fill();
    }
    await disk.free();
  };
  const strikes: Record<FaultKind, () => Promise<void>> = {
    worker: () => programs('worker', targets.workers),
    api: () => programs('api', targets.apis),
    postgres: () => server('postgres', targets.postgres),
    temporal: () => server('temporal', targets.temporal),
    s3: () => server('s3', s3!),
    disk: () => {
      filled = fillDisk();
      // Who waits for it sees the failure.
      filled.catch(() => undefined);
      return Promise.resolve();
    },
  };

  let turn: FaultKind[] = [];
  // The first turn is always whole.
  for (let struck = 0; (Date.now() < end || struck < kinds.length) && !signal.aborted; struck += 1) {
    if (turn.length === 0) turn = random.shuffled(kinds);
    await strikes[turn.shift()!]();
    await delay(random.between(...GAP_MS), undefined, { signal }).catch(() => undefined);
  }
  await filled;
  return faults;
}
