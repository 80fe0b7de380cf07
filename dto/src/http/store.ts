import { Type, type Static } from 'typebox';
import { closed, oneOf, Sha256 } from '../types/scalars.js';
import { Uuid } from './scalars.js';

const UNITS = '(ms|s|m|h|d)';
const LIKE = 'A number and a unit: `90s`, `15m`, `12h`, `30d`';
/** A length of time, which may be none. */
export const Grace = Type.String({
  pattern: `^(0|[1-9]\\d{0,5}${UNITS})$`,
  description: `${LIKE}; or \`0\`.`,
});

const count = (description: string) => Type.Integer({ minimum: 0, description });
/** How many, and how large together. */
const amount = (description: string) =>
  closed({ count: Type.Integer({ minimum: 0 }), bytes: Type.Integer({ minimum: 0 }) }, { description });

export const DEFAULT_GRACE = '1h';

/** `POST /v1/store/collections`. */
export const CollectionRequest = closed(
  {
    grace: Type.Optional(
      Type.String({
        ...Grace,
        description: `What was touched, has expired or was left more recently than this stays. ${LIKE}; or \`0\`. 1 h unless given.`,
      }),
    ),
    dryRun: Type.Optional(
      Type.Boolean({ description: '`true`: tells what would be removed, and changes nothing.' }),
    ),
  },
  { title: 'CollectionRequest' },
);
export type CollectionRequest = Static<typeof CollectionRequest>;

/** What a collection removed, or would remove. */
export const Collection = closed(
  {
    dryRun: Type.Boolean(),
    grace: Grace,
    runs: count('Ended runs that are no longer kept.'),
    artifacts: count('Records of files that went with them.'),
    entries: count('Cache entries that were not used for as long as they are kept, and expired ones.'),
    events: count('Events older than they are kept.'),
    unrecorded: amount('Files that no record stood for. They have one now, and go once their grace is over.'),
    blobs: amount('Bytes that nothing needs: this is what was freed.'),
    leftovers: amount('Incomplete files of writers that were killed.'),
    remains: closed(
      {
        leases: count('Of steps and uploads that have ended.'),
        waiters: count('Of steps that have ended.'),
        claims: count('Of runs that have ended.'),
        outcomes: count('That no waiting step can ask for.'),
      },
      { description: 'Records that processes left behind when they died.' },
    ),
    failed: count('Blobs that could not be removed; the log of the API has the reasons.'),
  },
  { title: 'Collection' },
);
export type Collection = Static<typeof Collection>;

export const DEFAULT_VERIFIED = 100;

/** `POST /v1/store/verifications`. */
export const VerificationRequest = closed(
  {
    after: Type.Optional(
      Type.String({
        ...Sha256,
        description: 'The `next` of the verification before; from the start unless given.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'Blobs at most, 100 unless given. After 20 seconds no further one is begun.',
      }),
    ),
  },
  { title: 'VerificationRequest' },
);
export type VerificationRequest = Static<typeof VerificationRequest>;

export const DamagedBlob = closed(
  {
    digest: Sha256,
    problem: oneOf('missing', 'corrupt'),
    artifactIds: Type.Array(Uuid, { description: 'The newest that name it, 100 at most.' }),
    runIds: Type.Array(Uuid, { description: 'The runs of these artifacts.' }),
    artifactCount: count('Artifacts that name it.'),
    entryCount: count('Cache entries that name it. A step that needs one is executed again.'),
  },
  { title: 'DamagedBlob' },
);
export type DamagedBlob = Static<typeof DamagedBlob>;

export const Verification = closed(
  {
    checked: count('Blobs that were read.'),
    bytes: count('Their bytes.'),
    damaged: Type.Array(DamagedBlob),
    next: Type.Optional(
      Type.String({ ...Sha256, description: 'Where to go on; absent when all had their turn.' }),
    ),
  },
  { title: 'Verification' },
);
export type Verification = Static<typeof Verification>;

export const StoreUsage = closed(
  {
    blobs: amount('Stored bytes, each digest once.'),
    pinned: amount('Those of them that are pinned.'),
    artifacts: amount('Records of files; several may name the same bytes.'),
    entries: count('Cache entries.'),
    runs: count('Runs.'),
    collectable: amount('What a collection would free now, with a grace of 1 h.'),
  },
  { title: 'StoreUsage' },
);
export type StoreUsage = Static<typeof StoreUsage>;

const kept = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], pattern: `^[1-9]\\d{0,5}${UNITS}$`, description });

/** How long a tenant keeps what is not pinned. */
export const Retention = closed(
  {
    keepRuns: kept(`How long after their end runs are kept. ${LIKE}; \`null\` is for ever.`),
    keepEntries: kept(
      `How long after their making or last hit cache entries are kept; \`null\` is for ever.`,
    ),
    keepEvents: Type.Optional(
      kept(
        'How long events are kept, which are the audit of this tenant as well; `null`, or absent, is for ever.',
      ),
    ),
  },
  { title: 'Retention' },
);
export type Retention = Static<typeof Retention>;

export const Pin = closed({ pinned: Type.Boolean() }, { title: 'Pin' });
export type Pin = Static<typeof Pin>;
