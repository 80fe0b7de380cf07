import { createHash } from 'node:crypto';

/** A key that encrypts, by its name. */
export interface EncryptionKeySetting {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

const KEY_BYTES = 32;
const RULE =
  'it must be keys, each once, like 2026:<32 bytes in base64>, separated by commas; openssl rand -base64 32 makes one';

/**
 * CAIRN_ENCRYPTION_KEYS: `<id>:<base64>`, the one that encrypts first, then older ones that only decrypt.
 * @param fail gets the rule that is broken, and never the value
 */
export function readEncryptionKeys(
  value: string | undefined,
  fail: (rule: string) => never,
): readonly EncryptionKeySetting[] | undefined {
  if (value === undefined) return undefined;
  const keys = value.split(',').map(item => {
    const [, id, base64] =
      /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([A-Za-z0-9+/]+={0,2})$/.exec(item.trim()) ?? [];
    const key = Buffer.from(base64 ?? '', 'base64');
    if (id === undefined || key.length !== KEY_BYTES) return fail(RULE);
    return { id, key: new Uint8Array(key) };
  });
  const digests = keys.map(({ key }) => createHash('sha256').update(key).digest('hex'));
  if (new Set(keys.map(({ id }) => id)).size < keys.length || new Set(digests).size < keys.length) fail(RULE);
  return keys;
}
