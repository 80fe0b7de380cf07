import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { Damage, InputDamagedType, StepNode, StepRequest, Walk } from '@cairn/pipeline/run-time';
import { uninterrupted } from './execute-step.js';

const INPUT_DAMAGED: InputDamagedType = 'INPUT_DAMAGED';
/** How often work is taken up again after its files were mended; each time another file may be found damaged. */
const MAX_ROUNDS = 10;

/** The digests of the files that an attempt missed; undefined when something else went wrong. */
function damageOf(error: unknown): readonly string[] | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.type !== INPUT_DAMAGED) return undefined;
  const [damage] = (cause.details ?? []) as readonly (Damage | undefined)[];
  return damage?.digests ?? [];
}

/** Has steps make their files again that are missing or damaged. */
export class Repairs {
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly walk: Walk,
    private readonly taskQueue: string,
    private readonly requestOf: (step: StepNode) => StepRequest,
  ) {}

  /** Does the work; when it meets damaged files, has them repaired and does it again. */
  async mending<T>(work: () => Promise<T>): Promise<T> {
    for (let round = 0; ; round += 1) {
      try {
        return await work();
      } catch (error) {
        const digests = damageOf(error);
        if (!digests || round >= MAX_ROUNDS) throw error;
        await this.repair(digests);
      }
    }
  }

  /**
   * Has the steps that made these files make them again.
   * @throws ApplicationFailure ARTIFACT_LOST when no step of the run has made one; what the repair fails with
   */
  async repair(digests: readonly string[]): Promise<void> {
    const steps = digests.map(digest => {
      const step = this.walk.producerOf(digest);
      if (step) return step;
      throw ApplicationFailure.nonRetryable(
        `The bytes of ${digest} are gone, and no step of this run has made them`,
        'ARTIFACT_LOST',
      );
    });
    await Promise.all([...new Set(steps)].map(step => this.once(step)));
  }

  /** Several consumers of one step's files wait for one repair. */
  private once(step: StepNode): Promise<void> {
    let repair = this.running.get(step.id);
    if (!repair) {
      repair = this.remake(step).finally(() => this.running.delete(step.id));
      this.running.set(step.id, repair);
    }
    return repair;
  }

  private async remake(step: StepNode): Promise<void> {
    const request: StepRequest = { ...this.requestOf(step), repair: true };
    // What a repair needs may be damaged itself: that is further up the graph, so this ends.
    await this.mending(() => uninterrupted(request, this.taskQueue, request.policy.attempts));
  }
}
