import type { ClaimOutcome, StepCache } from '@cairn/dao';
import type { StepRequest } from '@cairn/pipeline';
import { checkBlobs, type BlobCheck } from '../blobs/check-blobs.js';
import type { Engine } from '../engine.js';
import type { StepOutputs } from './step-outputs.js';

/** A result that may be used instead of an execution: a cache entry, or what a waited-for execution gave. */
export interface Reusable {
  readonly source: 'cache' | 'outcome';
  /** Of the entry, or the generation: to know again one that turned out to be damaged. */
  readonly id: string;
  readonly outputs: StepOutputs;
  /** What the skill was given, where that is more than the key holds. */
  readonly fullInput?: unknown;
  /** The run that executed it. */
  readonly madeByRunId: string;
  /** How long that took, as far as it is known. Milliseconds. */
  readonly durationMs?: number | null;
}

export function fromEntry(entry: StepCache): Reusable {
  return {
    source: 'cache',
    id: entry.id,
    outputs: entry.outputs as StepOutputs,
    madeByRunId: entry.runId,
    durationMs: entry.durationMs,
    ...(entry.fullInput !== null && { fullInput: entry.fullInput }),
  };
}

export function fromOutcome(outcome: ClaimOutcome): Reusable {
  return {
    source: 'outcome',
    id: `generation ${outcome.generation}`,
    outputs: outcome.outputs as StepOutputs,
    madeByRunId: outcome.runId,
    ...(outcome.fullInput !== null && { fullInput: outcome.fullInput }),
  };
}

/** Whether a run that refreshes the step may use what was claimed then: only work that began after it did. */
export function isFreshFor(request: StepRequest, { claimedAt }: { claimedAt: Date }): boolean {
  return request.notBefore === undefined || claimedAt.getTime() >= Date.parse(request.notBefore);
}

/** Whether all bytes that a result names are there and right. */
export async function checkReusable(
  engine: Engine,
  tenantId: string,
  results: readonly Reusable[],
  settings: { mostBytes?: number } = {},
): Promise<BlobCheck> {
  const named = results.flatMap(({ outputs }) => outputs.artifacts);
  return named.length === 0
    ? { damaged: new Map(), unread: false }
    : checkBlobs(engine, tenantId, named, settings);
}

/** Whether none of a result's bytes is among the damaged. */
export function isSound({ outputs }: Reusable, { damaged }: BlobCheck): boolean {
  return outputs.artifacts.every(({ digest }) => !damaged.has(digest));
}
