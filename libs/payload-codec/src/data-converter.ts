import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { EncryptionCodec } from './encryption-codec.js';
import { KeyRing, type EncryptionKey } from './key-ring.js';

/** Where the converter of failures lies, by which their messages and stacks become payloads. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));

/** For each client and worker of Temporal: what goes there is encrypted. Undefined without keys: Temporal's default. */
export function encryptingConverter(keys: readonly EncryptionKey[] | undefined): DataConverter | undefined {
  return keys && { payloadCodecs: [new EncryptionCodec(new KeyRing(keys))], failureConverterPath };
}
