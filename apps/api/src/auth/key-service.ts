import {
  KeyNameTakenError,
  repositories,
  transaction,
  type ApiKey,
  type DataSource,
  type KeySettings,
} from '@cairn/dao';
import { ApiError, NotFoundError } from '../http/api-error.js';
import { formatKey, hashOf, newSecret } from './api-key.js';
import { keyFields } from './key-view.js';

/** A record, and the key that only its maker sees. */
export interface MadeKey {
  readonly record: ApiKey;
  readonly key: string;
}

/** Makes and changes keys of tenants; each change is an event in its transaction. */
export class KeyService {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws NotFoundError when there is no such tenant; ApiError CONFLICT when the name is taken */
  async create(tenantId: string, settings: KeySettings): Promise<MadeKey> {
    const secret = newSecret();
    const record = await named(this.dataSource, async tx => {
      const made = await tx.apiKeys.insertKey(tenantId, hashOf(secret), settings);
      if (!made) throw new NotFoundError('tenant');
      const data = { keyId: made.id, ...keyFields(made) };
      await tx.events.append([{ tenantId, type: 'key.created', data }]);
      return made;
    });
    return { record, key: formatKey(record.id, secret) };
  }

  /** @throws NotFoundError; ApiError CONFLICT for a revoked key, or when the name is taken */
  async update(tenantId: string, keyId: string, settings: KeySettings): Promise<ApiKey> {
    return named(this.dataSource, async tx => {
      const changed = await tx.apiKeys.putSettings(tenantId, keyId, settings);
      if (!changed) throw await this.whyNot(tenantId, keyId);
      await tx.events.append([{ tenantId, type: 'key.updated', data: { keyId, ...keyFields(changed) } }]);
      return changed;
    });
  }

  /**
   * @param overlapMs for how long the key as it was is taken yet
   * @throws NotFoundError; ApiError CONFLICT for a revoked key
   */
  async rotate(tenantId: string, keyId: string, overlapMs: number): Promise<MadeKey> {
    const secret = newSecret();
    const record = await transaction(this.dataSource, async tx => {
      const rotated = await tx.apiKeys.rotate(tenantId, keyId, hashOf(secret), overlapMs);
      if (!rotated) throw await this.whyNot(tenantId, keyId);
      const data = { keyId, name: rotated.name, previousUntil: rotated.previousUntil!.toISOString() };
      await tx.events.append([{ tenantId, type: 'key.rotated', data }]);
      return rotated;
    });
    return { record, key: formatKey(record.id, secret) };
  }

  /** Revoking what is revoked changes nothing. @throws NotFoundError */
  async revoke(tenantId: string, keyId: string): Promise<ApiKey> {
    return transaction(this.dataSource, async tx => {
      const revoked = await tx.apiKeys.revoke(tenantId, keyId);
      if (revoked)
        await tx.events.append([{ tenantId, type: 'key.revoked', data: { keyId, name: revoked.name } }]);
      const key = revoked ?? (await tx.apiKeys.getKey(tenantId, keyId));
      if (!key) throw new NotFoundError('key');
      return key;
    });
  }

  private async whyNot(tenantId: string, keyId: string): Promise<Error> {
    const key = await repositories(this.dataSource).apiKeys.getKey(tenantId, keyId);
    return key ? new ApiError('CONFLICT', 'The key is revoked') : new NotFoundError('key');
  }
}

/** A transaction that gives a key a name. @throws ApiError CONFLICT when another key has it */
const named: typeof transaction = async (dataSource, work) => {
  try {
    return await transaction(dataSource, work);
  } catch (error) {
    if (error instanceof KeyNameTakenError)
      throw new ApiError('CONFLICT', `Another key is called ${JSON.stringify(error.keyName)}`);
    throw error;
  }
};
