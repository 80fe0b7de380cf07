import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { DEFAULT_PAGE, Instant, MAX_PAGE, page } from './scalars.js';

/** The id of a tenant: a folder of the store is called by it. */
export const TenantId = Type.String({
  pattern: '^[a-z0-9][a-z0-9_-]{0,62}$',
  description: 'Lower-case letters, digits, `-` and `_`; at most 63, the first a letter or digit.',
});
const TenantName = Type.String({ minLength: 1, maxLength: 200, description: 'For people.' });
const bound = (most: number, description: string) =>
  Type.Union([Type.Integer({ minimum: 1, maximum: most }), Type.Null()], { description });

/** How much a tenant may have at once. */
export const TenantLimits = closed(
  {
    maxRunningRuns: bound(
      1_000_000,
      'Runs at once; the others wait for their turn, the oldest first. Runs that other runs start go along with them. `null`: any number.',
    ),
    maxStoredBytes: bound(
      Number.MAX_SAFE_INTEGER,
      'Bytes in the store, each digest once. It is looked at every few seconds: what is stored in between may go beyond it. `null`: any number.',
    ),
    maxBodyBytes: bound(1_048_576, 'Bytes of a JSON body. `null`: 1 MiB.'),
    maxUploadBytes: bound(
      Number.MAX_SAFE_INTEGER,
      'Bytes of an upload. `null`: what the installation takes.',
    ),
  },
  { title: 'TenantLimits' },
);
export type TenantLimits = Static<typeof TenantLimits>;
const Limits = Type.Partial(TenantLimits, {
  additionalProperties: false,
  description: 'What is left out is `null`.',
});

/** `POST /v1/tenants`. */
export const NewTenantRequest = closed(
  { id: TenantId, name: Type.Optional(TenantName), limits: Type.Optional(Limits) },
  { title: 'NewTenantRequest' },
);

/** `PUT /v1/tenants/{tenantId}`. */
export const TenantRequest = closed({ name: TenantName, limits: Limits }, { title: 'TenantRequest' });

export const TenantParams = closed({ tenantId: TenantId });

export const Tenant = closed(
  {
    id: TenantId,
    name: TenantName,
    status: oneOf('active', 'deleting', 'deleted'),
    limits: TenantLimits,
    createdAt: Instant,
    updatedAt: Instant,
    deletedAt: Type.Optional(Instant),
  },
  { title: 'Tenant' },
);
export type Tenant = Static<typeof Tenant>;

/** A tenant with what it has now. */
export const TenantWithUsage = closed(
  {
    ...Tenant.properties,
    usage: closed({
      runningRuns: Type.Integer({ minimum: 0, description: 'That count against the limit.' }),
      waitingRuns: Type.Integer({
        minimum: 0,
        description: 'That wait for their turn, or have not begun yet.',
      }),
      storedBytes: Type.Integer({ minimum: 0 }),
      runs: Type.Integer({ minimum: 0, description: 'On record.' }),
    }),
  },
  { title: 'TenantWithUsage' },
);
export type TenantWithUsage = Static<typeof TenantWithUsage>;

export const TenantList = page('TenantList', Tenant);
export type TenantList = Static<typeof TenantList>;

export const TenantListQuery = closed({
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE, description: 'Items per page.' }),
  ),
  cursor: Type.Optional(
    Type.String({ ...TenantId, description: 'The `nextCursor` of the page before, as it was given.' }),
  ),
});
