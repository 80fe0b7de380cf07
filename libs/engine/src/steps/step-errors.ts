import { CairnError } from '@cairn/dto';

/** The step ended while it was being executed, e.g. because its run was terminated: the result is not recorded. */
export class StepSettledError extends CairnError {
  constructor(stepId: string) {
    super('STEP_SETTLED', `The step ${stepId} had already ended`);
  }
}

/** Another holder has taken the claim over: what this one made comes too late, and is not recorded. */
export class ClaimTakenOverError extends CairnError {
  constructor(stepId: string) {
    super('CLAIM_LOST', `Another execution has taken over what ${stepId} was doing`, { retryable: true });
  }
}

/** Bytes that the execution had stored are gone again. */
export class BytesCollectedError extends CairnError {
  constructor(stepId: string) {
    super('BYTES_COLLECTED', `Bytes that ${stepId} had stored were collected before it ended`, {
      retryable: true,
    });
  }
}

/** Files that the step was given are missing or wrong: they must be made again before it can go on. */
export class InputDamagedError extends CairnError {
  constructor(
    stepId: string,
    readonly digests: readonly string[],
  ) {
    super('INPUT_DAMAGED', `Input files of ${stepId} are missing or damaged: ${digests.join(', ')}`);
  }
}

/** Bytes that a run has delivered or wants to read can not be made again. */
export class ArtifactLostError extends CairnError {
  constructor(message: string) {
    super('ARTIFACT_LOST', message);
  }
}
