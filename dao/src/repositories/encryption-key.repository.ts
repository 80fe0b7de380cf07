import type { EntityManager } from 'typeorm';
import { EncryptionKey } from '../entities/encryption-key.entity.js';

/** The keys with which the installation has encrypted. */
export class EncryptionKeyRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Adds keys that are not known yet; of those that are, nothing changes. */
  async addKeys(keys: readonly Pick<EncryptionKey, 'id' | 'proof'>[]): Promise<void> {
    for (const { id, proof } of keys)
      await this.manager.query(
        `INSERT INTO "encryption_key" ("id", "proof") VALUES ($1, $2) ON CONFLICT ("id") DO NOTHING`,
        [id, proof],
      );
  }

  async listKeys(): Promise<EncryptionKey[]> {
    return this.manager.find(EncryptionKey, { order: { createdAt: 'ASC', id: 'ASC' } });
  }
}
