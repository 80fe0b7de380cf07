import type { Actor } from '@cairn/dao';
import { http } from '@cairn/dto';

/** The tenant of an installation without keys. */
export const LOCAL_TENANT = 'local';

/** Bytes that a tenant may send at once; null for what the installation takes. */
export interface BodyLimits {
  readonly maxBodyBytes: number | null;
  readonly maxUploadBytes: number | null;
}

const NO_LIMITS: BodyLimits = { maxBodyBytes: null, maxUploadBytes: null };

/** On whose behalf a request is made. */
export interface Caller {
  /** Absent for the operator, who is of no tenant. */
  readonly tenantId?: string;
  readonly role: http.Role | 'operator';
  /** Of the key. */
  readonly name: string;
  readonly keyId?: string;
  /** The roles in which it decides on gates; null for any. */
  readonly gateRoles: readonly string[] | null;
  /** May also do what is the operator's. */
  readonly operates: boolean;
  readonly limits: BodyLimits;
}

/** Whoever uses an installation without keys. */
export const LOCAL_CALLER: Caller = {
  tenantId: LOCAL_TENANT,
  role: 'admin',
  name: 'local',
  gateRoles: null,
  operates: true,
  limits: NO_LIMITS,
};

export const OPERATOR: Caller = {
  role: 'operator',
  name: 'operator',
  gateRoles: null,
  operates: true,
  limits: NO_LIMITS,
};

/** What events call the caller. */
export const actorOf = ({ keyId, name }: Caller): Actor => (keyId === undefined ? name : `key:${keyId}`);

/** Whether a caller may ask for operations of an access. */
export function mayAsk({ role, operates }: Caller, access: http.Access): boolean {
  if (access === 'public') return true;
  if (access === 'operator') return operates;
  return role !== 'operator' && http.ROLES.indexOf(role) >= http.ROLES.indexOf(access);
}
