import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { AnyJson, Instant, page, PageQuery, Uuid } from './scalars.js';

export const GateStatus = oneOf('open', 'approved', 'rejected', 'closed');
export type GateStatus = Static<typeof GateStatus>;

const Role = Type.String({
  pattern: '^[a-z][a-z0-9_-]{0,63}$',
  description: 'E.g. `approver`.',
});
const Digest = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: '`sha256:` and 64 lower-case hex digits.',
});

const summary = {
  id: Uuid,
  runId: Uuid,
  stepId: Type.String(),
  role: Type.String({ description: 'Who may decide.' }),
  shownDigest: Type.String({
    ...Digest,
    description: 'SHA-256 of the canonical JSON (RFC 8785) of what is shown: a decision names it.',
  }),
  otherwise: Type.Unsafe<'approve' | 'reject'>({
    ...oneOf('approve', 'reject'),
    description: 'What the deadline decides.',
  }),
  status: Type.Unsafe<GateStatus>({
    ...GateStatus,
    description: '`closed`: the run ended before there was a decision.',
  }),
  expired: Type.Boolean({ description: 'The deadline has decided.' }),
  decidedBy: Type.Optional(Type.String()),
  comment: Type.Optional(Type.String()),
  deadlineAt: Instant,
  decidedAt: Type.Optional(Instant),
  createdAt: Instant,
};

/** A gate in a list. */
export const GateSummary = closed(summary, { title: 'GateSummary' });
export type GateSummary = Static<typeof GateSummary>;

/** A file of what a gate shows. */
export const GateFile = closed(
  {
    path: Type.String({ description: 'JSON Pointer (RFC 6901) into `shown`.' }),
    type: Type.String(),
    digest: Digest,
    size: Type.Integer({ minimum: 0 }),
    filename: Type.Optional(Type.String()),
    artifactId: Type.Optional(
      Type.String({ ...Uuid, description: 'An artifact of the run with these bytes, to look at them.' }),
    ),
  },
  { title: 'GateFile' },
);
export type GateFile = Static<typeof GateFile>;

/** A gate with what it shows. */
export const Gate = closed(
  {
    ...summary,
    shown: AnyJson,
    files: Type.Array(GateFile, { description: 'The files in `shown`, in its order.' }),
  },
  { title: 'Gate' },
);
export type Gate = Static<typeof Gate>;

export const GateList = page('GateList', GateSummary);
export type GateList = Static<typeof GateList>;

export const GateListQuery = closed({
  ...PageQuery,
  status: Type.Optional(GateStatus),
  runId: Type.Optional(Uuid),
});

/** `POST /v1/gates/{id}/decision`. */
export const GateDecisionRequest = closed(
  {
    approve: Type.Boolean(),
    digest: Type.String({ ...Digest, description: 'The `shownDigest` of what the decision is about.' }),
    by: Type.Optional(
      Type.String({
        maxLength: 200,
        pattern: '^\\S(.*\\S)?$',
        description:
          'Who decides: one line, at most 200 characters. It has to be said where no keys are needed; otherwise it is the name of the key, and this is not looked at.',
      }),
    ),
    role: Role,
    comment: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2000, description: 'At most 2000 characters.' }),
    ),
  },
  { title: 'GateDecisionRequest' },
);
export type GateDecisionRequest = Static<typeof GateDecisionRequest>;
