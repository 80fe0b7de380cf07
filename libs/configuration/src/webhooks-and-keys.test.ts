import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, readConfiguration } from './configuration.js';

const read = (env: Record<string, string>) => readConfiguration(env, '/work');
const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER = Buffer.alloc(32, 8).toString('base64');

test('webhooks take what is allowed, and how long things may take', () => {
  const env = {
    CAIRN_WEBHOOK_ALLOW: '10.0.0.0/8, ::1,fd00::/8',
    CAIRN_WEBHOOK_TIMEOUT: '5s',
    CAIRN_WEBHOOK_RETRY: '50ms,1m, 2h',
    CAIRN_WEBHOOK_DISABLE_AFTER: '30d',
  };
  expect(read(env).webhooks).toEqual({
    allow: ['10.0.0.0/8', '::1', 'fd00::/8'],
    timeoutMs: 5_000,
    retryAfterMs: [50, 60_000, 7_200_000],
    disableAfterMs: 2_592_000_000,
  });
  expect(read({ CAIRN_WEBHOOK_ALLOW: 'none' }).webhooks.allow).toEqual([]);
  expect(read({}).webhooks.allow).toBeUndefined();
});

test('keys keep their order: the first encrypts', () => {
  expect(read({}).encryptionKeys).toBeUndefined();
  const { encryptionKeys, goneEncryptionKeys } = read({
    CAIRN_ENCRYPTION_KEYS: `b:${KEY}, a:${OTHER},2025:gone`,
  });
  expect(goneEncryptionKeys).toEqual(['2025']);
  expect(read({ CAIRN_ENCRYPTION_KEYS: 'a:gone' }).encryptionKeys).toBeUndefined();
  expect(encryptionKeys).toEqual([
    { id: 'b', key: new Uint8Array(32).fill(7) },
    { id: 'a', key: new Uint8Array(32).fill(8) },
  ]);
});

describe('a bad value is named', () => {
  test.each<[string, string, string]>([
    ['CAIRN_WEBHOOK_ALLOW', '10.0.0.0/33', 'it must be addresses and networks'],
    ['CAIRN_WEBHOOK_ALLOW', '::1/129', 'it must be addresses and networks'],
    ['CAIRN_WEBHOOK_ALLOW', '10.0.0.0/8/8', 'it must be addresses and networks'],
    ['CAIRN_WEBHOOK_ALLOW', 'localhost', 'it must be addresses and networks'],
    ['CAIRN_WEBHOOK_ALLOW', 'none,::1', 'it must be addresses and networks'],
    ['CAIRN_WEBHOOK_TIMEOUT', '99ms', 'it must be from 100ms to 60s'],
    ['CAIRN_WEBHOOK_TIMEOUT', '61s', 'it must be from 100ms to 60s'],
    ['CAIRN_WEBHOOK_RETRY', '5s,soon', 'it must be at most 20 durations'],
    ['CAIRN_WEBHOOK_RETRY', '5s,', 'it must be at most 20 durations'],
    ['CAIRN_WEBHOOK_DISABLE_AFTER', '31d', 'it must be a duration of at most 30d'],
  ])('%s=%j', (name, value, rule) => {
    const load = () => read({ [name]: value });
    expect(load).toThrow(ConfigurationError);
    expect(load).toThrow(`${name} is ${JSON.stringify(value)}, but ${rule}`);
  });

  test.each([
    ['without a name', KEY],
    ['of 31 bytes', `a:${Buffer.alloc(31).toString('base64')}`],
    ['no base64', 'a:secret!'],
    ['with a name twice', `a:${KEY},a:${OTHER}`],
    ['that is gone and is not', `a:${KEY},a:gone`],
    ['under two names', `a:${KEY},b:${KEY}`],
    ['and nothing', `a:${KEY},`],
  ])('CAIRN_ENCRYPTION_KEYS, without showing it: a key %s', (_what, value) => {
    const load = () => read({ CAIRN_ENCRYPTION_KEYS: value });
    expect(load).toThrow(/^CAIRN_ENCRYPTION_KEYS is not right: it must be keys, each once, like /);
    expect(load).not.toThrow(value);
  });
});
