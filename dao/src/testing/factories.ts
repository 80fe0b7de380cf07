import { newId } from '../ids.js';
import type { NewArtifact } from '../repositories/artifact.repository.js';
import type { NewCacheEntry } from '../repositories/cache.repository.js';
import type { NewRun } from '../repositories/run.repository.js';
import type { NewRunStep } from '../repositories/step.repository.js';

/** A digest that looks real: one hex digit, 64 times. */
export function digestOf(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}

/** A run to insert; of tenant `acme` unless told. */
export function newRun(overrides: Partial<NewRun> = {}): NewRun {
  const id = overrides.id ?? newId();
  return {
    id,
    tenantId: 'acme',
    workflowName: 'campaign.build',
    workflowVersion: '1.0.0',
    trigger: { campaign_id: 'spring' },
    temporalWorkflowId: `run-${id}`,
    graphDigest: digestOf('1'),
    ...overrides,
  };
}

/** A step of `run` to insert. */
export function newStep(
  run: { id: string; tenantId: string },
  overrides: Partial<NewRunStep> = {},
): NewRunStep {
  return {
    runId: run.id,
    tenantId: run.tenantId,
    stepId: 'bgm',
    skillId: 'generate_bgm',
    position: 0,
    inputHash: digestOf('2'),
    ...overrides,
  };
}

/** An artifact of `run` to insert. */
export function newArtifact(
  run: { id: string; tenantId: string },
  overrides: Partial<NewArtifact> = {},
): NewArtifact {
  return {
    runId: run.id,
    tenantId: run.tenantId,
    stepId: 'bgm',
    skillId: 'generate_bgm',
    name: 'audio',
    type: 'audio/bgm',
    uri: 'file:///store/bgm.wav',
    contentHash: digestOf('3'),
    ...overrides,
  };
}

/** A cache entry to put; of tenant `acme` unless told. */
export function newCacheEntry(overrides: Partial<NewCacheEntry> = {}): NewCacheEntry {
  return {
    tenantId: 'acme',
    cacheKey: digestOf('4'),
    workflowName: 'campaign.build',
    stepId: 'bgm',
    skillId: 'generate_bgm',
    runId: newId(),
    inputHash: digestOf('2'),
    artifactIds: [],
    outputs: { output: null, artifacts: [] },
    digests: [],
    scope: 'global',
    ...overrides,
  };
}
