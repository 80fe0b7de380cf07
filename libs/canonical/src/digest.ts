import { createHash } from 'node:crypto';
import { jcs } from './jcs.js';

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;
export const DIGEST_PATTERN = /^sha256:[0-9a-f]{64}$/;

/** The digest of bytes, or of a text's UTF-8 bytes. */
export function sha256(data: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

/** The digest of a JSON value's canonical text; see {@link jcs}. */
export function digestOf(value: unknown): Digest {
  return sha256(jcs(value));
}
