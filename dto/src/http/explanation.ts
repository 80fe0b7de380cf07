import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { ComparedWith, ReusedResult, StepChange } from './changes.js';
import { RunStepStatus } from './runs.js';
import { Instant, Uuid } from './scalars.js';

export const StepParams = closed({
  id: Uuid,
  stepId: Type.String({
    minLength: 1,
    maxLength: 300,
    description: 'As the run names it; of an item of a map `build[blue-de].render`.',
  }),
});

export const ExplanationQuery = closed({
  against: Type.Optional(
    Type.String({
      ...Uuid,
      description:
        'A run whose step of the same name it is compared with; the nearest earlier execution unless given.',
    }),
  ),
});

/** Something that a step waits for, or was stopped by. */
export const AwaitedThing = closed(
  {
    kind: oneOf('step', 'holder', 'gate'),
    runId: Type.Optional(Uuid),
    stepId: Type.Optional(Type.String()),
    message: Type.String(),
  },
  { title: 'AwaitedThing' },
);
export type AwaitedThing = Static<typeof AwaitedThing>;

/** Why a step did what it did. */
export const StepExplanation = closed(
  {
    runId: Uuid,
    stepId: Type.String(),
    skillId: Type.String(),
    kind: oneOf('step', 'map', 'child', 'gate'),
    status: RunStepStatus,
    outcome: oneOf(
      'executed',
      'reused',
      'adopted',
      'failed',
      'off',
      'blocked',
      'cancelled',
      'running',
      'waiting',
      'pending',
    ),
    message: Type.String({ description: 'In one line.' }),
    against: Type.Optional(ComparedWith),
    changes: Type.Array(StepChange, {
      description: 'What differs from what it is compared with, from that to this step.',
    }),
    moreChanges: Type.Optional(Type.Integer({ minimum: 1, description: 'How many are not listed.' })),
    result: Type.Optional(ReusedResult),
    waitsFor: Type.Array(AwaitedThing),
    unkeyed: Type.Array(Type.String(), {
      description: 'What reaches the step but stays out of its key, as `step.field`.',
    }),
    error: Type.Optional(closed({ code: Type.String(), message: Type.String() }, { title: 'StepError' })),
    durationMs: Type.Optional(Type.Integer({ minimum: 0 })),
    completedAt: Type.Optional(Instant),
  },
  { title: 'StepExplanation' },
);
export type StepExplanation = Static<typeof StepExplanation>;
