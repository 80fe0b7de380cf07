import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow';
import type { Damage, InputDamagedType, RunRef, StepRequest } from '@cairn/pipeline/run-time';
import { records } from './activities.js';
import type { Pace } from './pace.js';
import { uninterrupted } from './uninterrupted.js';

const INPUT_DAMAGED: InputDamagedType = 'INPUT_DAMAGED';
/** How often work is taken up again after its files were mended; each time another file may be found damaged. */
const MAX_ROUNDS = 10;
/** Between two looks at a step that another run is executing. Milliseconds. */
const LONGEST_WAIT_MS = 5_000;

/** The digests of the files that an attempt missed; undefined when something else went wrong. */
function damageOf(error: unknown): readonly string[] | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.type !== INPUT_DAMAGED) return undefined;
  const [damage] = (cause.details ?? []) as readonly (Damage | undefined)[];
  return damage?.digests ?? [];
}

const lost = (digests: readonly string[]) =>
  ApplicationFailure.nonRetryable(
    `These bytes are gone, and no step of the run can make them again: ${digests.join(', ')}`,
    'ARTIFACT_LOST',
  );

/** Steps whose repair is under way because of each other. */
type Chain = ReadonlySet<string>;

/** What repairs stand on. */
export interface RepairParts {
  readonly run: RunRef;
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly pace: Pace;
}

/** Has steps make their bytes again that are missing or damaged. */
export class Repairs {
  private readonly running = new Map<string, Promise<void>>();

  constructor(private readonly parts: RepairParts) {}

  /** Does the work; when it meets damaged files, has them repaired and does it again. */
  mending<T>(work: () => Promise<T>): Promise<T> {
    return this.mendingIn(new Set(), work);
  }

  /**
   * Does the work until it names no damaged bytes any more.
   * @throws ApplicationFailure ARTIFACT_LOST when they come back again and again
   */
  async untilWhole(work: () => Promise<readonly string[]>): Promise<void> {
    for (let round = 0; ; round += 1) {
      const digests = await work();
      if (digests.length === 0) return;
      if (round >= MAX_ROUNDS) throw lost(digests);
      await this.repair(digests, new Set());
    }
  }

  private async mendingIn<T>(chain: Chain, work: () => Promise<T>): Promise<T> {
    for (let round = 0; ; round += 1) {
      try {
        return await work();
      } catch (error) {
        const digests = damageOf(error);
        if (!digests || round >= MAX_ROUNDS) throw error;
        await this.repair(digests, chain);
      }
    }
  }

  /**
   * Has the steps that made these bytes make them again.
   * @throws ApplicationFailure ARTIFACT_LOST when no step of the run has made some; what the repair fails with
   */
  private async repair(digests: readonly string[], chain: Chain): Promise<void> {
    const { run, workflowId } = this.parts;
    const producers = await records.producersOf(run, workflowId, digests);
    // A step that would have to be repaired for its own repair only passed the bytes on.
    if (producers.lost.length > 0 || producers.requests.some(({ stepId }) => chain.has(stepId)))
      throw lost(digests);
    await Promise.all(producers.requests.map(request => this.once(request, chain)));
  }

  /** Several consumers of one step's files wait for one repair. */
  private once(request: StepRequest, chain: Chain): Promise<void> {
    const { stepId } = request;
    let repair = this.running.get(stepId);
    if (!repair) {
      repair = this.remake({ ...request, repair: true }, chain).finally(() => this.running.delete(stepId));
      this.running.set(stepId, repair);
    }
    return repair;
  }

  private async remake(request: StepRequest, chain: Chain): Promise<void> {
    for (;;) {
      // What a repair needs may be damaged itself: that is further up the graph, so this ends.
      const { answer } = await this.mendingIn(new Set([...chain, request.stepId]), () =>
        uninterrupted(request, this.parts.taskQueue, request.policy.attempts, this.parts.pace),
      );
      if (answer.kind !== 'waiting') return;
      await sleep(Math.min(answer.forMs, LONGEST_WAIT_MS));
    }
  }
}
