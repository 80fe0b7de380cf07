import { createHash } from 'node:crypto';

/** A key that encrypts, by its name. */
export interface EncryptionKeySetting {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** What CAIRN_ENCRYPTION_KEYS says. */
export interface EncryptionKeySettings {
  readonly encryptionKeys?: readonly EncryptionKeySetting[];
  readonly goneEncryptionKeys?: readonly string[];
}

const KEY_BYTES = 32;
const RULE =
  'it must be keys, each once, like 2026:<32 bytes in base64>, separated by commas; openssl rand -base64 32 makes one';

/**
 * CAIRN_ENCRYPTION_KEYS: `<id>:<base64>`, the one that encrypts first, then older ones that only decrypt; `<id>:gone`
 * for one that nobody has any more.
 * @param fail gets the rule that is broken, and never the value
 */
export function readEncryptionKeys(
  value: string | undefined,
  fail: (rule: string) => never,
): EncryptionKeySettings {
  if (value === undefined) return {};
  const keys: EncryptionKeySetting[] = [];
  const gone: string[] = [];
  for (const item of value.split(',')) {
    const [, id, word = ''] =
      /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([A-Za-z0-9+/]+={0,2})$/.exec(item.trim()) ?? [];
    const key = Buffer.from(word, 'base64');
    if (id !== undefined && word === 'gone') gone.push(id);
    else if (id !== undefined && key.length === KEY_BYTES) keys.push({ id, key: new Uint8Array(key) });
    else fail(RULE);
  }
  const ids = [...keys.map(({ id }) => id), ...gone];
  const digests = keys.map(({ key }) => createHash('sha256').update(key).digest('hex'));
  if (new Set(ids).size < ids.length || new Set(digests).size < keys.length) fail(RULE);
  return {
    ...(keys.length > 0 && { encryptionKeys: keys }),
    ...(gone.length > 0 && { goneEncryptionKeys: gone }),
  };
}
