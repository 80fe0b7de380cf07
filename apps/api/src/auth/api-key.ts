import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * A key is `cairn_<id>_<secret><checksum>`: the id of its record and 256 random bits in hex, and the CRC-32 of all
 * before it, by which what was cut or mistyped is told from what is unknown without asking the database.
 */
const KEY = /^(cairn_([0-9a-f]{32})_([0-9a-f]{64}))([0-9a-f]{8})$/;

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

/** `sha256:` and the SHA-256 of a secret in hex. Secrets are random, so nothing slower is needed. */
export const hashOf = (secret: string): string =>
  `sha256:${createHash('sha256').update(secret).digest('hex')}`;

/** A secret of 256 random bits, in hex. */
export const newSecret = (): string => randomBytes(32).toString('hex');

/** The key of a record, for whoever is to have it. */
export function formatKey(keyId: string, secret: string): string {
  const start = `cairn_${keyId.replaceAll('-', '')}_${secret}`;
  return `${start}${checksum(start)}`;
}

/** The parts of a key; undefined for what cannot be one. */
export function parseKey(text: string): { readonly keyId: string; readonly secret: string } | undefined {
  const [, start, id, secret, sum] = KEY.exec(text) ?? [];
  if (start === undefined || id === undefined || secret === undefined || checksum(start) !== sum)
    return undefined;
  return { keyId: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), secret };
}

/** Whether two hashes are the same, in a time that does not tell where they differ. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
