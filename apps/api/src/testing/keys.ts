import { repositories, type DataSource, type KeySettings } from '@cairn/dao';
import { formatKey, hashOf, newSecret } from '../auth/api-key.js';

/** What `Authorization` says for a key. */
export const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

/** Makes a tenant, unless there is one. */
export async function makeTenant(dataSource: DataSource, id: string): Promise<void> {
  const limits = { maxRunningRuns: null, maxStoredBytes: null, maxBodyBytes: null, maxUploadBytes: null };
  await repositories(dataSource).tenants.insertTenant(id, { name: id, ...limits });
}

/** Makes a key of a tenant as a record; gives it with its id. */
export async function makeKey(
  dataSource: DataSource,
  tenantId: string,
  settings: Partial<KeySettings> = {},
): Promise<{ readonly id: string; readonly key: string }> {
  const secret = newSecret();
  const { id } = (await repositories(dataSource).apiKeys.insertKey(tenantId, hashOf(secret), {
    name: `${settings.role ?? 'admin'} ${newSecret().slice(0, 8)}`,
    role: 'admin',
    gateRoles: null,
    ratePerMinute: null,
    expiresAt: null,
    ...settings,
  }))!;
  return { id, key: formatKey(id, secret) };
}
