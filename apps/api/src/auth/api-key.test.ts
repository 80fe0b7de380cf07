import { expect, test } from '@jest/globals';
import { newId } from '@cairn/dao';
import { formatKey, hashOf, newSecret, parseKey, sameHash } from './api-key.js';

test('a key names its record and has 256 random bits', () => {
  const id = newId();
  const secrets = new Set(Array.from({ length: 100 }, newSecret));
  expect(secrets.size).toBe(100);
  for (const secret of secrets) {
    expect(Buffer.from(secret, 'hex')).toHaveLength(32);
    expect(parseKey(formatKey(id, secret))).toEqual({ keyId: id, secret });
  }
});

test('what was cut, mistyped or is no key is told without asking anybody', () => {
  const key = formatKey(newId(), newSecret());
  for (let at = 0; at < key.length; at += 1) {
    const other = key[at] === '0' ? '1' : '0';
    expect(parseKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(undefined);
    expect(parseKey(key.slice(0, at))).toBe(undefined);
  }
  for (const text of ['', 'cairn_', `${key}0`, key.toUpperCase(), ` ${key}`])
    expect(parseKey(text)).toBe(undefined);
});

test('a secret is recognised by its hash', () => {
  // https://www.di-mgt.com.au/sha_testvectors.html
  expect(hashOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sameHash(hashOf('abc'), hashOf('abc'))).toBe(true);
  expect(sameHash(hashOf('abc'), hashOf('abd'))).toBe(false);
  expect(sameHash(hashOf('abc'), 'sha256:')).toBe(false);
});
