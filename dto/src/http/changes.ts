import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { AnyJson, Instant, Uuid } from './scalars.js';

/** One thing in which what went into two results differs. */
export const StepChange = closed(
  {
    what: oneOf(
      'input',
      'file',
      'code',
      'thread',
      'dependency',
      'adapter',
      'resource',
      'version',
      'family',
      'other',
    ),
    path: Type.String({
      description:
        'JSON Pointer (RFC 6901) into the ingredients of the key: `/input/title` is the field `title` of the input.',
    }),
    name: Type.Optional(
      Type.String({ description: 'What differs, where that is no field: a package, a port, a resource.' }),
    ),
    old: Type.Optional(AnyJson),
    new: Type.Optional(AnyJson),
    message: Type.String({ description: 'In one line, e.g. `copy.title differs: "A" became "B"`.' }),
  },
  { title: 'StepChange' },
);
export type StepChange = Static<typeof StepChange>;

/** The execution that a step is compared with. */
export const ComparedWith = closed(
  {
    runId: Uuid,
    workflowName: Type.String(),
    stepId: Type.String(),
    sameStep: Type.Boolean({ description: 'Whether it is the same step of the same workflow.' }),
    executedAt: Type.Optional(Instant),
    durationMs: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { title: 'ComparedWith' },
);
export type ComparedWith = Static<typeof ComparedWith>;

/** A result that was there already. */
export const ReusedResult = closed(
  {
    madeByRunId: Type.Optional(Uuid),
    madeByStepId: Type.Optional(Type.String()),
    madeAt: Type.Optional(Instant),
    expiresAt: Type.Optional(Instant),
    hitCount: Type.Optional(
      Type.Integer({ minimum: 0, description: 'How often it was used instead of an execution.' }),
    ),
    savesMs: Type.Optional(Type.Integer({ minimum: 0, description: 'How long the execution took.' })),
  },
  { title: 'ReusedResult' },
);
export type ReusedResult = Static<typeof ReusedResult>;
