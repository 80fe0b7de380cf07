import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { KeyRing } from './key-ring.js';

/** How Temporal is told what a payload is: the names that its own samples use. */
const ENCODING = 'encoding';
const KEY_ID = 'encryption-key-id';
const ENCRYPTED = 'binary/encrypted';
const PURPOSE = 'temporal payload';

const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('utf8');
const { Payload: PayloadProto } = proto.temporal.api.common.v1;

/**
 * Encrypts whole payloads, their metadata included, with the first key of a ring; reads what any of its keys has
 * encrypted, and what was never encrypted as it is, so that a deployment can begin to encrypt, and change keys, while
 * runs are under way.
 */
export class EncryptionCodec implements PayloadCodec {
  constructor(private readonly keys: KeyRing) {}

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map(payload => {
      const { keyId, data } = this.keys.seal(PayloadProto.encode(payload).finish(), PURPOSE);
      return { metadata: { [ENCODING]: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(keyId) }, data };
    });
  }

  /** @throws UnknownKeyError, WrongKeyError */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map(payload => {
      const { metadata, data } = payload;
      if (text(metadata?.[ENCODING]) !== ENCRYPTED) return payload;
      const sealed = { keyId: text(metadata?.[KEY_ID]), data: data ?? new Uint8Array() };
      const { metadata: inner, data: plain } = PayloadProto.decode(this.keys.open(sealed, PURPOSE));
      return { metadata: inner, data: plain };
    });
  }
}
