import { ValidationError } from '@cairn/dto';

/** A member of the dictionary (RFC 8941): a key, and bytes in base64; parameters say nothing here. */
const MEMBER = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):(?:;.*)?$/;
const ALGORITHM = 'sha-256';
const BYTES = 32;

/**
 * The SHA-256 that `Content-Digest` or `Repr-Digest` (RFC 9530) names, as `sha256:` and hex; undefined when there is
 * none, for other algorithms need not be known.
 *
 * @throws ValidationError when the header is not of its form.
 */
export function digestOfHeader(
  name: 'content-digest' | 'repr-digest',
  value: string | undefined,
): `sha256:${string}` | undefined {
  if (value === undefined) return undefined;
  const members = value.split(',').map(member => MEMBER.exec(member.trim()));
  const refuse = (message: string) =>
    new ValidationError([{ path: `/${name}`, code: 'VALIDATION_ERROR', message }], 'The request');
  const last = members.findLast(member => member?.[1] === ALGORITHM);
  if (members.includes(null)) throw refuse(`must be like ${ALGORITHM}=:<base64>:`);
  if (!last) return undefined;
  const bytes = Buffer.from(last[2]!, 'base64');
  if (bytes.length !== BYTES || bytes.toString('base64') !== last[2])
    throw refuse(`${ALGORITHM} must be ${BYTES} bytes in base64`);
  return `sha256:${bytes.toString('hex')}`;
}
