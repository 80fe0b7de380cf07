import { expect, test } from '@jest/globals';
import { DIGEST_PATTERN, digestOf, sha256 } from './digest.js';

// FIPS 180-4 example values of SHA-256.
test.each([
  ['', 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
])('the digest of %j', (text, digest) => {
  expect(sha256(text)).toBe(digest);
  expect(sha256(new TextEncoder().encode(text))).toBe(digest);
  expect(digest).toMatch(DIGEST_PATTERN);
});

test('the digest of a value is that of its canonical text', () => {
  expect(digestOf({ b: 1, a: [true] })).toBe(sha256('{"a":[true],"b":1}'));
});
