import type { Artifact, Run, RunStep } from '@cairn/client';

const AT = '2026-11-21T09:00:00.000Z';

/** A step of a run, pending unless told otherwise. */
export function aStep(stepId: string, fields: Partial<RunStep> = {}): RunStep {
  return {
    id: '0193a5f0-0000-7000-8000-000000000001',
    stepId,
    kind: 'step',
    skillId: `make_${stepId}`,
    position: 0,
    status: 'pending',
    inputHash: `sha256:${'0'.repeat(64)}`,
    cacheHit: false,
    attempt: 1,
    outputArtifactIds: [],
    createdAt: AT,
    updatedAt: AT,
    ...fields,
  };
}

/** A run that was accepted at 09:00:00 UTC, running unless told otherwise. */
export function aRun(steps: readonly RunStep[], fields: Partial<Run> = {}): Run {
  return {
    id: '0193a5f0-0000-7000-8000-0000000000aa',
    workflowName: 'campaign.build',
    workflowVersion: '1.0.0',
    status: 'running',
    trigger: { campaign_id: 'neon-nights' },
    temporalWorkflowId: 'run-0193a5f0-0000-7000-8000-0000000000aa',
    graphDigest: `sha256:${'1'.repeat(64)}`,
    rootRunId: '0193a5f0-0000-7000-8000-0000000000aa',
    createdAt: AT,
    updatedAt: AT,
    context: {},
    steps: [...steps],
    ...fields,
  };
}

export function anArtifact(stepId: string, sizeBytes: number): Artifact {
  return {
    id: '0193a5f0-0000-7000-8000-0000000000bb',
    runId: '0193a5f0-0000-7000-8000-0000000000aa',
    stepId,
    skillId: `make_${stepId}`,
    name: 'file',
    type: 'video/intro',
    uri: 'file:///store/x',
    contentHash: `sha256:${'2'.repeat(64)}`,
    sizeBytes,
    mediaType: 'video/mp4',
    metadata: {},
    createdAt: AT,
    updatedAt: AT,
  };
}
