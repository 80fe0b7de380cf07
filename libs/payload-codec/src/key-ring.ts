import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A key by its name. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** What was encrypted, with the name of the key that opens it. */
export interface Sealed {
  readonly keyId: string;
  /** 12 bytes of nonce, the encrypted bytes, 16 bytes of tag. */
  readonly data: Uint8Array;
}

/** Something was encrypted with a key that this process was not given. */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';

  constructor(
    readonly keyId: string,
    known: readonly string[],
  ) {
    super(
      `It was encrypted with the key ${JSON.stringify(keyId)}, which is not in CAIRN_ENCRYPTION_KEYS (${known.join(', ')})`,
    );
  }
}

/** Something does not open with the key that it names: that key is another one here, or the bytes were changed. */
export class WrongKeyError extends Error {
  override readonly name = 'WrongKeyError';

  constructor(readonly keyId: string) {
    super(
      `It does not open with the key ${JSON.stringify(keyId)}: the key of that name is another one here, or the bytes were changed`,
    );
  }
}

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/**
 * Keys of a deployment: the first encrypts, all of them decrypt, so that keys can be changed. AES-256-GCM with a random
 * nonce for each message; the name of the key and the purpose are authenticated with it.
 */
export class KeyRing {
  private readonly keys: ReadonlyMap<string, Uint8Array>;
  private readonly first: EncryptionKey;

  /** @throws RangeError without a key, or with one that has not 32 bytes */
  constructor(keys: readonly EncryptionKey[]) {
    const [first] = keys;
    if (!first) throw new RangeError('a key ring has at least one key');
    if (keys.some(({ key }) => key.length !== 32)) throw new RangeError('a key has 32 bytes');
    this.first = first;
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** @param purpose what it is for: what was sealed for one purpose does not open for another */
  seal(plain: Uint8Array, purpose: string): Sealed {
    const { id: keyId, key } = this.first;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(authenticated(keyId, purpose));
    const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { keyId, data };
  }

  /** @throws UnknownKeyError, WrongKeyError */
  open({ keyId, data }: Sealed, purpose: string): Uint8Array {
    const key = this.keys.get(keyId);
    if (!key) throw new UnknownKeyError(keyId, [...this.keys.keys()]);
    if (data.length < NONCE + TAG) throw new WrongKeyError(keyId);
    const decipher = createDecipheriv(ALGORITHM, key, data.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(authenticated(keyId, purpose))
      .setAuthTag(data.subarray(-TAG));
    try {
      return Buffer.concat([decipher.update(data.subarray(NONCE, -TAG)), decipher.final()]);
    } catch {
      throw new WrongKeyError(keyId);
    }
  }
}

const authenticated = (keyId: string, purpose: string) => Buffer.from(JSON.stringify([keyId, purpose]));
