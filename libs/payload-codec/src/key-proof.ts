import { createHmac } from 'node:crypto';
import type { EncryptionKey } from './key-ring.js';

/** What of a key may be kept: it tells whether another is the same, and nothing else of it. */
export function proofOf({ key }: EncryptionKey): string {
  return createHmac('sha256', key).update('cairn: this key').digest('hex').slice(0, 32);
}

/** The keys that an installation has used, as its database knows them. */
export interface KnownKeys {
  /** Adds keys that are not known yet; of those that are, nothing changes. */
  addKeys(keys: readonly { readonly id: string; readonly proof: string }[]): Promise<void>;
  listKeys(): Promise<readonly { readonly id: string; readonly proof: string }[]>;
}

/** A process was not given the keys that the installation uses. */
export class EncryptionKeysError extends Error {
  override readonly name = 'EncryptionKeysError';
  readonly code = 'CONFIGURATION';
}

/**
 * Holds the keys of a process against those that the installation has used before: with another key under a known name,
 * or without one, it could read nothing that is under way, and would keep runs waiting for ever.
 *
 * @param gone names of keys that somebody has done away with
 * @throws EncryptionKeysError naming the key
 */
export async function holdKeys(
  known: KnownKeys,
  keys: readonly EncryptionKey[] = [],
  gone: readonly string[] = [],
): Promise<void> {
  const given = new Map(keys.map(key => [key.id, proofOf(key)]));
  // Only what encrypts: a key that is being handed out is not yet everybody's.
  await known.addKeys([...given].slice(0, 1).map(([id, proof]) => ({ id, proof })));
  for (const { id, proof } of await known.listKeys()) {
    if (gone.includes(id)) continue;
    const name = JSON.stringify(id);
    if (!given.has(id))
      throw new EncryptionKeysError(
        `CAIRN_ENCRYPTION_KEYS lacks the key ${name}, with which this installation has encrypted; if that key is gone for good, add ${id}:gone`,
      );
    if (given.get(id) !== proof)
      throw new EncryptionKeysError(
        `CAIRN_ENCRYPTION_KEYS has another key under the name ${name} than this installation has encrypted with; a new key needs a new name`,
      );
  }
}
