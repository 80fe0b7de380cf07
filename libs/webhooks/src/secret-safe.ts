import type { KeyRing } from '@cairn/payload-codec';

const PURPOSE = 'webhook secret';

/** How secrets lie in the database: encrypted where the deployment has keys, as they are where it has none. */
export class SecretSafe {
  constructor(private readonly keys?: KeyRing) {}

  /** @param webhookId whose secret it is: it opens for no other one */
  store(secret: string, webhookId: string): string {
    if (!this.keys) return secret;
    const { keyId, data } = this.keys.seal(Buffer.from(secret), `${PURPOSE} ${webhookId}`);
    return `sealed:${keyId}:${Buffer.from(data).toString('base64')}`;
  }

  /** @throws UnknownKeyError, WrongKeyError where the deployment has not the key any more */
  read(stored: string, webhookId: string): string {
    const [, keyId, data] = /^sealed:([^:]*):(.*)$/s.exec(stored) ?? [];
    if (keyId === undefined || data === undefined) return stored;
    if (!this.keys)
      throw new Error('The secret of the webhook is encrypted, and CAIRN_ENCRYPTION_KEYS is not set');
    const sealed = { keyId, data: Buffer.from(data, 'base64') };
    return Buffer.from(this.keys.open(sealed, `${PURPOSE} ${webhookId}`)).toString('utf8');
  }
}
