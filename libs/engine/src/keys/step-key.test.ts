import { digestOf } from '@cairn/canonical';
import { describe, expect, test } from '@jest/globals';
import { stepKey, type KeyParts } from './step-key.js';

const music = {
  type: 'audio/bgm',
  digest: digestOf('music'),
  size: 3,
  filename: 'bgm.wav',
  metadata: { durationSec: 8 },
};
const parts: KeyParts = {
  tenantId: 'acme',
  skillId: 'render',
  skillVersion: '1.0.0',
  fingerprint: digestOf('code'),
  ports: { audio: digestOf('adapter') },
  resources: { style: digestOf('style') },
  input: { title: 'Hello', count: 2, music },
};
const key = (more: Partial<KeyParts> = {}) => stepKey({ ...parts, ...more }).cacheKey;
const withMusic = (more: object) => ({ input: { ...(parts.input as object), music: { ...music, ...more } } });

test('is written down: entries of an older build must be found', () => {
  expect(key()).toBe('sha256:0e21543095d523452d877ce6f474030487d009f24c719a8b31fe8cb2d6e6fac9');
});

describe('another key for another', () => {
  test.each<[string, Partial<KeyParts>]>([
    ['tenant', { tenantId: 'other' }],
    ['skill', { skillId: 'render_all' }],
    ['version', { skillVersion: '1.0.1' }],
    ['fingerprint', { fingerprint: digestOf('other code') }],
    ['fingerprint: none', { fingerprint: undefined }],
    ['adapter', { ports: { audio: digestOf('other adapter') } }],
    ['port', { ports: { language: digestOf('adapter') } }],
    ['resource', { resources: { style: digestOf('other style') } }],
    ["resource's name", { resources: { look: digestOf('style') } }],
    ['value', { input: { ...(parts.input as object), title: 'hello' } }],
    ['type of a value', { input: { ...(parts.input as object), count: '2' } }],
    ['field', { input: { ...(parts.input as object), more: null } }],
    ['digest of a file', withMusic({ digest: digestOf('other music') })],
    ['type of a file', withMusic({ type: 'audio/sfx' })],
    ['size of a file', withMusic({ size: 4 })],
    ['filename', withMusic({ filename: 'music.wav' })],
    ['filename: none', withMusic({ filename: undefined })],
    ['metadata of a file', withMusic({ metadata: { durationSec: 9 } })],
    ['root run, of scope run_only', { rootRunId: 'run-1' }],
  ])('%s', (_name, more) => {
    expect(key(more)).not.toBe(key());
  });

  test('root run than another root run', () => {
    expect(key({ rootRunId: 'run-1' })).not.toBe(key({ rootRunId: 'run-2' }));
  });
});

test('the same key however the input is built', () => {
  const input = { music, count: 2.0, title: 'Hello', absent: undefined };
  expect(key({ input })).toBe(key());
});

test('the ingredients are the key; the hash of the input is that of the input alone', () => {
  const { cacheKey, inputHash, ingredients } = stepKey(parts);
  expect(digestOf(ingredients)).toBe(cacheKey);
  expect(ingredients.format).toBe('cairn-key/1');
  expect(inputHash).toBe(digestOf(parts.input));
  expect(stepKey({ ...parts, tenantId: 'other' }).inputHash).toBe(inputHash);
});

test('an input that JSON cannot carry has no key', () => {
  expect(() => key({ input: { at: new Date(0) } })).toThrow(expect.objectContaining({ path: '/at' }));
});
