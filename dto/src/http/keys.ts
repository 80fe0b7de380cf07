import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { ROLES } from './operation-spec.js';
import { Instant, page, PageQuery, Uuid } from './scalars.js';
import { Grace } from './store.js';

const KeyRole = oneOf('viewer', 'runner', 'approver', 'admin');
const GATE_ROLE = '^[a-z][a-z0-9_-]{0,63}$';

const name = Type.String({
  maxLength: 100,
  pattern: '^\\S(.*\\S)?$',
  description:
    'Whose it is: one line, at most 100 characters. Decisions on gates carry it. One key of a tenant that is not revoked has it.',
});
const role = Type.Unsafe<Static<typeof KeyRole>>({
  ...KeyRole,
  description: `What it may do: ${ROLES.map(each => `\`${each}\``).join(', ')}, each what those before it may.`,
});
const gateRoles = Type.Optional(
  Type.Array(Type.String({ pattern: GATE_ROLE }), {
    maxItems: 50,
    uniqueItems: true,
    description: 'The roles in which it decides on gates; any, when this is absent.',
  }),
);
const ratePerMinute = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    description: 'Requests in a minute; what the installation says, when this is absent.',
  }),
);
const expiresAt = Type.Optional(
  Type.String({ ...Instant, description: 'From then on it opens nothing; never, when this is absent.' }),
);

/** What is said of a key: `POST /v1/keys`, `PUT /v1/keys/{id}`. */
export const KeyRequest = closed(
  { name, role, gateRoles, ratePerMinute, expiresAt },
  { title: 'KeyRequest' },
);
export type KeyRequest = Static<typeof KeyRequest>;

const record = {
  id: Type.String({ ...Uuid, description: 'A UUID in lower case; also a part of the key.' }),
  name,
  role,
  gateRoles,
  ratePerMinute,
  expiresAt,
  previousUntil: Type.Optional(
    Type.String({
      ...Instant,
      description: 'Until then, what the key was before its rotation is taken too.',
    }),
  ),
  revokedAt: Type.Optional(Type.String({ ...Instant, description: 'Since then it opens nothing.' })),
  lastUsedAt: Type.Optional(Type.String({ ...Instant, description: 'To about a minute.' })),
  createdAt: Instant,
};

/** The record of a key, without the key. */
export const Key = closed(record, { title: 'Key' });
export type Key = Static<typeof Key>;

/** A record and its key, which is shown this once. */
export const NewKey = closed(
  {
    ...record,
    key: Type.String({
      pattern: '^cairn_[0-9a-f]{32}_[0-9a-f]{72}$',
      description: 'What requests carry. It is kept nowhere, and not shown again.',
    }),
  },
  { title: 'NewKey' },
);
export type NewKey = Static<typeof NewKey>;

export const KeyList = page('KeyList', Key);
export type KeyList = Static<typeof KeyList>;
export const KeyListQuery = closed(PageQuery);

export const DEFAULT_OVERLAP = '24h';
export const LONGEST_OVERLAP = '30d';
/** `POST /v1/keys/{id}/rotate`. */
export const KeyRotation = closed(
  {
    overlap: Type.Optional(
      Type.String({
        ...Grace,
        description: `For how long the key as it was is taken beside the new one: \`15m\`, \`12h\`, at most \`${LONGEST_OVERLAP}\`; or \`0\`. ${DEFAULT_OVERLAP} unless given.`,
      }),
    ),
  },
  { title: 'KeyRotation' },
);
export type KeyRotation = Static<typeof KeyRotation>;

/** `GET /v1/caller`. */
export const CallerInfo = closed(
  {
    tenantId: Type.String(),
    role,
    name: Type.String({ description: 'Of the key; `local` where no keys are needed.' }),
    keyId: Type.Optional(Uuid),
    gateRoles,
  },
  { title: 'Caller' },
);
export type CallerInfo = Static<typeof CallerInfo>;
