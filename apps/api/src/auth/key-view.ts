import type { ApiKey, KeySettings } from '@cairn/dao';
import { ValidationError, type http } from '@cairn/dto';
import { given } from '../runs/run-view.js';

/** What is said of a key, as requests and events have it. */
export function keyFields({ name, role, gateRoles, ratePerMinute, expiresAt }: ApiKey): http.KeyRequest {
  return { name, role, ...given({ gateRoles, ratePerMinute, expiresAt: expiresAt?.toISOString() }) };
}

/** The record of a key. */
export function keyView(key: ApiKey): http.Key {
  return {
    id: key.id,
    ...keyFields(key),
    createdAt: key.createdAt.toISOString(),
    ...given({
      previousUntil: key.previousUntil?.toISOString(),
      revokedAt: key.revokedAt?.toISOString(),
      lastUsedAt: key.lastUsedAt?.toISOString(),
    }),
  };
}

/** What a request says of a key. @throws ValidationError when it names a time that is none */
export function keySettings({
  name,
  role,
  gateRoles,
  ratePerMinute,
  expiresAt,
}: http.KeyRequest): KeySettings {
  const at = expiresAt === undefined ? null : new Date(expiresAt);
  // The format also takes a leap second, which a Date does not.
  if (at !== null && Number.isNaN(at.getTime()))
    throw new ValidationError(
      [{ path: '/expiresAt', code: 'VALIDATION_ERROR', message: 'must be a point in time' }],
      'The request',
    );
  return {
    name,
    role,
    gateRoles: gateRoles ?? null,
    ratePerMinute: ratePerMinute ?? null,
    expiresAt: at,
  };
}
