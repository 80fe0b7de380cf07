import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, readConfiguration } from './configuration.js';

const read = (env: Record<string, string> = {}) => readConfiguration(env, '/work');

test('needs nothing', () => {
  expect(read()).toEqual({
    home: '/work/.cairn',
    host: '127.0.0.1',
    port: 3000,
    temporalNamespace: 'default',
    artifacts: { kind: 'folder', folder: '/work/.cairn/artifacts' },
    taskQueue: 'cairn',
    concurrency: {},
    drainMs: 3_000,
    leaseMs: 30_000,
    verifyAfterMs: 86_400_000,
    collectEveryMs: 3_600_000,
    maxUploadBytes: 1_073_741_824,
    webhooks: {},
    ratePerMinute: 1_200,
    logLevel: 'info',
  });
});

test('takes everything', () => {
  const env = {
    CAIRN_HOME: 'state',
    CAIRN_HOST: '0.0.0.0',
    CAIRN_PORT: '0',
    DATABASE_URL: 'postgres://user:secret@db:5432/cairn',
    TEMPORAL_ADDRESS: '[::1]:7233',
    TEMPORAL_NAMESPACE: 'games',
    TEMPORAL_API_KEY: 'key',
    TEMPORAL_TLS_CERT: 'tls.crt',
    TEMPORAL_TLS_KEY: 'tls.key',
    CAIRN_ARTIFACTS: '/data',
    CAIRN_TASK_QUEUE: 'heavy',
    CAIRN_QUEUES: 'default, gpu,gpu',
    CAIRN_CONCURRENCY: 'default=8, gpu = 2',
    CAIRN_DRAIN: '2m',
    CAIRN_CATALOG: 'catalog.json',
    CAIRN_LEASE: '5s',
    CAIRN_VERIFY_AFTER: '1h',
    CAIRN_COLLECT_EVERY: '10m',
    CAIRN_MAX_UPLOAD: '20MiB',
    CAIRN_OPERATOR_KEY: `sha256:${'0a'.repeat(32)}`,
    CAIRN_RATE_LIMIT: '60',
    CAIRN_LOG_LEVEL: 'silent',
  };
  expect(read(env)).toEqual({
    home: '/work/state',
    host: '0.0.0.0',
    port: 0,
    databaseUrl: env.DATABASE_URL,
    temporalAddress: '[::1]:7233',
    temporalNamespace: 'games',
    temporalApiKey: 'key',
    temporalTls: { certPath: 'tls.crt', keyPath: 'tls.key' },
    artifacts: { kind: 'folder', folder: '/data' },
    taskQueue: 'heavy',
    queues: ['default', 'gpu'],
    concurrency: { default: 8, gpu: 2 },
    drainMs: 120_000,
    leaseMs: 5_000,
    verifyAfterMs: 3_600_000,
    collectEveryMs: 600_000,
    catalog: '/work/catalog.json',
    maxUploadBytes: 20_971_520,
    webhooks: {},
    operatorKeyHash: env.CAIRN_OPERATOR_KEY,
    ratePerMinute: 60,
    logLevel: 'silent',
  });
});

test('takes 0 for a collection that never comes', () => {
  expect(read({ CAIRN_COLLECT_EVERY: '0' }).collectEveryMs).toBe(0);
  expect(() => read({ CAIRN_COLLECT_EVERY: '10' })).toThrow('CAIRN_COLLECT_EVERY is "10"');
});

test('keeps of the operator key only what it is recognised by', () => {
  const key = 'k'.repeat(32);
  expect(read({ CAIRN_OPERATOR_KEY: key }).operatorKeyHash).toBe(
    `sha256:${createHash('sha256').update(key).digest('hex')}`,
  );
});

test.each([
  ['short'],
  ['k'.repeat(31)],
  [`${'k'.repeat(32)} k`],
  ['sha256:0a'],
  [`sha256:${'0A'.repeat(32)}`],
])('refuses an operator key, and does not show it: %s', key => {
  const refusal = (() => {
    try {
      return read({ CAIRN_OPERATOR_KEY: key });
    } catch (error) {
      return error as Error;
    }
  })();
  expect(refusal).toBeInstanceOf(ConfigurationError);
  expect((refusal as Error).message).toMatch(/^CAIRN_OPERATOR_KEY /);
  expect((refusal as Error).message).not.toContain(key);
});

test('takes an empty variable as absent', () => {
  expect(read({ CAIRN_PORT: '', DATABASE_URL: '  ', CAIRN_HOME: '' })).toEqual(read());
});

test.each([
  ['0s', 0],
  ['500ms', 500],
  ['60s', 60_000],
  ['24h', 86_400_000],
])('CAIRN_DRAIN=%s is %d ms', (text, ms) => {
  expect(read({ CAIRN_DRAIN: text }).drainMs).toBe(ms);
});

describe('names a bad value in one line', () => {
  test.each<[string, string, string]>([
    ['CAIRN_PORT', 'http', 'it must be a port, 0 to 65535'],
    ['CAIRN_PORT', '65536', 'it must be a port'],
    ['CAIRN_PORT', '-1', 'it must be a port'],
    ['CAIRN_PORT', '3e3', 'it must be a port'],
    ['CAIRN_PORT', '80.5', 'it must be a port'],
    ['CAIRN_PORT', '1\n2', 'it must be a port'],
    ['DATABASE_URL', 'localhost:5432', 'it must be a URL with postgres:// or postgresql://'],
    ['DATABASE_URL', 'mysql://db/cairn', 'it must be a URL'],
    ['DATABASE_URL', 'not a url', 'it must be a URL'],
    ['TEMPORAL_ADDRESS', 'http://localhost:7233', 'it must be host:port'],
    ['TEMPORAL_ADDRESS', 'localhost', 'it must be host:port'],
    ['TEMPORAL_ADDRESS', 'localhost:70000', 'it must be host:port'],
    ['CAIRN_QUEUES', 'default;gpu', 'it must be names of queues, like default,gpu'],
    ['CAIRN_QUEUES', 'GPU', 'it must be names of queues'],
    ['CAIRN_QUEUES', 'gpu,', 'it must be names of queues'],
    ['CAIRN_CONCURRENCY', '8', 'it must be queues, each once with a number from 1 to 99999, like default=8'],
    ['CAIRN_CONCURRENCY', 'gpu=0', 'it must be queues, each once'],
    ['CAIRN_CONCURRENCY', 'gpu=1.5', 'it must be queues, each once'],
    ['CAIRN_CONCURRENCY', 'gpu=100000', 'it must be queues, each once'],
    ['CAIRN_CONCURRENCY', 'gpu=1,gpu=2', 'it must be queues, each once'],
    ['CAIRN_CONCURRENCY', 'GPU=1', 'it must be queues, each once'],
    ['CAIRN_CONCURRENCY', 'gpu=1,', 'it must be queues, each once'],
    ['CAIRN_DRAIN', '60', 'it must be a duration of at most 24h, like 500ms, 30s or 5m'],
    ['CAIRN_DRAIN', '-1s', 'it must be a duration'],
    ['CAIRN_DRAIN', '1.5s', 'it must be a duration'],
    ['CAIRN_DRAIN', '25h', 'it must be a duration of at most 24h'],
    ['CAIRN_MAX_UPLOAD', '0', 'it must be a number of bytes, like 5000000 or 2GiB'],
    ['CAIRN_MAX_UPLOAD', '1.5GiB', 'it must be a number of bytes'],
    ['CAIRN_MAX_UPLOAD', '2GB', 'it must be a number of bytes'],
    ['CAIRN_MAX_UPLOAD', '99999TiB', 'it must be a number of bytes'],
    ['CAIRN_LOG_LEVEL', 'loud', 'it must be one of trace, debug, info, warn, error, silent'],
  ])('%s=%j', (name, value, rule) => {
    const load = () => read({ [name]: value });
    expect(load).toThrow(ConfigurationError);
    expect(load).toThrow(`${name} is ${JSON.stringify(value)}, but ${rule}`);
    expect(load).not.toThrow(/\n/);
  });

  test('without the password in it', () => {
    const load = () => read({ DATABASE_URL: 'mysql://user:se@/cret@db/cairn' });
    expect(load).toThrow('DATABASE_URL is "mysql://…@db/cairn", but');
  });

  test.each(['TEMPORAL_TLS_CERT', 'TEMPORAL_TLS_KEY'])('%s without the other', name => {
    expect(() => read({ [name]: 'file' })).toThrow(
      'TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY go together; only one is set',
    );
  });
});
