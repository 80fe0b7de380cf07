import { createHash } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import { readArtifacts, type ArtifactPlace } from './artifacts.js';
import { readEncryptionKeys, type EncryptionKeySetting } from './encryption.js';
import { readWebhooks, type WebhookConfiguration } from './webhooks.js';

/** What the programs take from the environment; one place reads it, once, at start. */
export interface Configuration {
  /** CAIRN_HOME: where the local state lives. Absolute. Default `.cairn` in the working folder. */
  readonly home: string;
  /** CAIRN_HOST and CAIRN_PORT: where the API listens. Default 127.0.0.1:3000. */
  readonly host: string;
  readonly port: number;
  /** DATABASE_URL; absent when the local stack provides it. */
  readonly databaseUrl?: string;
  /** TEMPORAL_ADDRESS (host:port); absent when the local stack provides it. */
  readonly temporalAddress?: string;
  /** TEMPORAL_NAMESPACE. Default `default`. */
  readonly temporalNamespace: string;
  /** TEMPORAL_API_KEY and TEMPORAL_TLS_*: for a cluster beyond this machine. */
  readonly temporalApiKey?: string;
  readonly temporalTls?: { readonly certPath?: string; readonly keyPath?: string; readonly caPath?: string };
  /** CAIRN_ARTIFACTS: a folder, or `s3://bucket/prefix`. Default `artifacts` under home. */
  readonly artifacts: ArtifactPlace;
  /** CAIRN_TASK_QUEUE. Default `cairn`. */
  readonly taskQueue: string;
  /** CAIRN_QUEUES: those that this worker serves, by name, `default` the main one; absent for all. */
  readonly queues?: readonly string[];
  /** CAIRN_CONCURRENCY: steps at once in this worker, by queue; what is not named has a number of its own. */
  readonly concurrency: Readonly<Record<string, number>>;
  /** CAIRN_DRAIN: how long a worker that is told to stop lets running steps go on. Milliseconds. Default 3 s. */
  readonly drainMs: number;
  /**
   * CAIRN_LEASE: how long a step stays someone's after its worker was last heard of. Milliseconds, from 1 s.
   * Default 30 s.
   */
  readonly leaseMs: number;
  /** CAIRN_VERIFY_AFTER: how long stored bytes are believed after all of them were read. Default 24 h. */
  readonly verifyAfterMs: number;
  /** CAIRN_COLLECT_EVERY: how often the API removes what nobody needs; 0 for never. Milliseconds. Default 1 h. */
  readonly collectEveryMs: number;
  /** CAIRN_MAX_UPLOAD: the most bytes that an upload may have. Default 1 GiB. */
  readonly maxUploadBytes: number;
  /**
   * CAIRN_OPERATOR_KEY, or `sha256:` and its SHA-256 in hex: that digest, as `sha256:<hex>`. Absent: no request needs a
   * key, and the API listens on this machine only.
   */
  readonly operatorKeyHash?: string;
  /** CAIRN_RATE_LIMIT: requests in a minute of a key that says nothing else. Default 1200. */
  readonly ratePerMinute: number;
  /** CAIRN_CATALOG: a file that lists the packages with skills and workflows; absent for the shipped one. */
  readonly catalog?: string;
  /**
   * OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, and OTEL_EXPORTER_OTLP_PROTOCOL: traces are
   * sent, and how; absent when nobody takes them.
   */
  readonly tracing?: { readonly protocol: 'http/protobuf' | 'http/json' };
  /** CAIRN_METRICS: where metrics are served, `host:port`; absent when they are not. */
  readonly metrics?: { readonly host: string; readonly port: number };
  /** CAIRN_WEBHOOK_…: to where events may be sent, and how. */
  readonly webhooks: WebhookConfiguration;
  /**
   * CAIRN_ENCRYPTION_KEYS: what Temporal keeps of runs, and the secrets of webhooks, are encrypted with the first; all
   * of them decrypt. Absent: nothing is encrypted.
   */
  readonly encryptionKeys?: readonly EncryptionKeySetting[];
  /** Of CAIRN_ENCRYPTION_KEYS: the names of keys that somebody has done away with, written `<id>:gone`. */
  readonly goneEncryptionKeys?: readonly string[];
  /** CAIRN_TEMPORAL_UI: the origin of Temporal's UI, whose pages the codec server answers; absent for none. */
  readonly temporalUi?: string;
  /** CAIRN_CODEC_TOKEN: what requests to the codec server must carry; absent: it listens on this machine only. */
  readonly codecToken?: string;
  /** CAIRN_LOG_LEVEL. Default `info`. */
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** A variable of the environment has a value that cannot be used; the message names both in one line. */
export class ConfigurationError extends Error {
  readonly code = 'CONFIGURATION';
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65535;
const isQueue = (text: string): boolean => /^[a-z][a-z0-9-]{0,63}$/.test(text);
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const SIZES = ['', 'KiB', 'MiB', 'GiB', 'TiB'];
const LONGEST_MS = 24 * 3_600_000;
type Environment = Readonly<Record<string, string | undefined>>;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/**
 * Reads and checks the environment. Empty variables count as absent.
 * @param cwd what relative paths are relative to.
 * @throws ConfigurationError naming the variable, its value and the rule.
 */
export function readConfiguration(env: Environment, cwd: string = process.cwd()): Configuration {
  const text = (name: string) => env[name]?.trim() || undefined;
  const refuse = (name: string, rule: string): never => {
    // Into logs: without the user and password that a URL may carry.
    const shown = JSON.stringify(env[name]?.replace(/\/\/.*@/s, '//…@'));
    throw new ConfigurationError(`${name} is ${shown}, but ${rule}`);
  };
  const path = (name: string, fallback: string) => {
    const value = text(name) ?? fallback;
    return isAbsolute(value) ? value : resolve(cwd, value);
  };
  const url = (name: string, protocols: readonly string[]) => {
    const value = text(name);
    if (value === undefined) return undefined;
    const protocol = URL.canParse(value) ? new URL(value).protocol : '';
    return protocols.includes(protocol)
      ? value
      : refuse(name, `it must be a URL with ${protocols.map(name => `${name}//`).join(' or ')}`);
  };
  const origin = (name: string) => {
    const value = url(name, ['http:', 'https:']);
    if (value === undefined) return undefined;
    const { origin: found, pathname, search } = new URL(value);
    return pathname === '/' && !search
      ? found
      : refuse(name, 'it must be an origin, like http://127.0.0.1:8233');
  };
  const address = (name: string) => {
    const value = text(name);
    if (value === undefined) return undefined;
    const [, at] = /^(?:[^\s/:]+|\[[0-9a-f:]+\]):(\d+)$/i.exec(value) ?? [];
    return at !== undefined && isPort(at) ? value : refuse(name, 'it must be host:port');
  };
  const port = (name: string, fallback: number) => {
    const value = text(name);
    if (value === undefined) return fallback;
    return isPort(value) ? Number(value) : refuse(name, 'it must be a port, 0 to 65535');
  };
  const oneOf = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const value = text(name);
    if (value === undefined) return fallback;
    return (allowed as readonly string[]).includes(value)
      ? (value as T)
      : refuse(name, `it must be one of ${allowed.join(', ')}`);
  };
  const list = (name: string) =>
    text(name)
      ?.split(',')
      .map(item => item.trim());
  const queues = (name: string) => {
    const names = list(name);
    return names?.every(isQueue) === false
      ? refuse(name, 'it must be names of queues, like default,gpu')
      : names && [...new Set(names)];
  };
  const concurrency = (name: string) => {
    const pairs = (list(name) ?? []).map(pair => /^([^=\s]+)\s*=\s*([1-9]\d{0,4})$/.exec(pair));
    const given = pairs.flatMap(pair =>
      pair && isQueue(pair[1]!) ? [[pair[1]!, Number(pair[2])] as const] : [],
    );
    return given.length < pairs.length || new Set(given.map(([queue]) => queue)).size < given.length
      ? refuse(name, 'it must be queues, each once with a number from 1 to 99999, like default=8,gpu=2')
      : Object.fromEntries(given);
  };
  const duration = (name: string, fallback: number) => {
    const value = text(name);
    if (value === undefined) return fallback;
    const [, count, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(value) ?? [];
    return unit === undefined || Number(count) * UNITS[unit]! > LONGEST_MS
      ? refuse(name, 'it must be a duration of at most 24h, like 500ms, 30s or 5m')
      : Number(count) * UNITS[unit]!;
  };
  const lease = (name: string) => {
    const value = duration(name, 30_000);
    return value < 1_000 ? refuse(name, 'a lease is at least 1s') : value;
  };
  const size = (name: string, fallback: number) => {
    const value = text(name);
    if (value === undefined) return fallback;
    const [, count, unit = ''] = /^([1-9]\d{0,14})([KMGT]iB)?$/.exec(value) ?? [];
    const bytes = Number(count) * 1024 ** SIZES.indexOf(unit);
    return Number.isSafeInteger(bytes)
      ? bytes
      : refuse(name, 'it must be a number of bytes, like 5000000 or 2GiB');
  };
  const count = (name: string, fallback: number) => {
    const value = text(name);
    if (value === undefined) return fallback;
    return /^[1-9]\d{0,6}$/.test(value)
      ? Number(value)
      : refuse(name, 'it must be a number from 1 to 9999999');
  };
  const tracing = () => {
    const named = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
    const endpoints = named.map(name => url(name, ['http:', 'https:']));
    const off = text('OTEL_SDK_DISABLED') === 'true' || text('OTEL_TRACES_EXPORTER') === 'none';
    if (off || endpoints.every(endpoint => endpoint === undefined)) return undefined;
    const protocols = ['http/protobuf', 'http/json'] as const;
    const general = oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', protocols, 'http/protobuf');
    return { protocol: oneOf('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', protocols, general) };
  };
  const metrics = () => {
    const value = address('CAIRN_METRICS');
    if (value === undefined) return undefined;
    const at = value.lastIndexOf(':');
    return { host: value.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(value.slice(at + 1)) };
  };
  if ((text('TEMPORAL_TLS_CERT') === undefined) !== (text('TEMPORAL_TLS_KEY') === undefined))
    throw new ConfigurationError('TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY go together; only one is set');
  const home = path('CAIRN_HOME', '.cairn');
  return {
    home,
    host: text('CAIRN_HOST') ?? '127.0.0.1',
    port: port('CAIRN_PORT', 3000),
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    temporalAddress: address('TEMPORAL_ADDRESS'),
    temporalNamespace: text('TEMPORAL_NAMESPACE') ?? 'default',
    temporalApiKey: text('TEMPORAL_API_KEY'),
    temporalTls: tls(text),
    artifacts: readArtifacts({ text, refuse, path, url, size, home }),
    taskQueue: text('CAIRN_TASK_QUEUE') ?? 'cairn',
    queues: queues('CAIRN_QUEUES'),
    concurrency: concurrency('CAIRN_CONCURRENCY'),
    drainMs: duration('CAIRN_DRAIN', 3_000),
    leaseMs: lease('CAIRN_LEASE'),
    verifyAfterMs: duration('CAIRN_VERIFY_AFTER', 24 * 3_600_000),
    collectEveryMs: text('CAIRN_COLLECT_EVERY') === '0' ? 0 : duration('CAIRN_COLLECT_EVERY', 3_600_000),
    maxUploadBytes: size('CAIRN_MAX_UPLOAD', 1024 ** 3),
    operatorKeyHash: operatorKeyHash(text('CAIRN_OPERATOR_KEY')),
    ratePerMinute: count('CAIRN_RATE_LIMIT', 1_200),
    catalog: text('CAIRN_CATALOG') === undefined ? undefined : path('CAIRN_CATALOG', ''),
    tracing: tracing(),
    metrics: metrics(),
    webhooks: readWebhooks({ text, refuse }),
    ...readEncryptionKeys(text('CAIRN_ENCRYPTION_KEYS'), rule => {
      throw new ConfigurationError(`CAIRN_ENCRYPTION_KEYS is not right: ${rule}`);
    }),
    temporalUi: origin('CAIRN_TEMPORAL_UI'),
    codecToken: text('CAIRN_CODEC_TOKEN'),
    logLevel: oneOf('CAIRN_LOG_LEVEL', LOG_LEVELS, 'info'),
  };
}

/** The shortest operator key, in characters: what `openssl rand -hex 16` prints. */
const SHORTEST_KEY = 32;

function operatorKeyHash(value: string | undefined): string | undefined {
  if (value === undefined || /^sha256:[0-9a-f]{64}$/.test(value)) return value;
  // The value itself is never shown.
  if (value.startsWith('sha256:'))
    throw new ConfigurationError(
      'CAIRN_OPERATOR_KEY begins with sha256:, but is not 64 lower-case hex digits',
    );
  if (!/^[\x21-\x7e]+$/.test(value) || value.length < SHORTEST_KEY)
    throw new ConfigurationError(
      `CAIRN_OPERATOR_KEY must have at least ${SHORTEST_KEY} characters of ASCII without spaces; openssl rand -hex 32 makes a good one`,
    );
  return `sha256:${createHash('sha256').update(value).digest('hex')}`;
}

function tls(text: (name: string) => string | undefined): Configuration['temporalTls'] {
  const files = {
    certPath: text('TEMPORAL_TLS_CERT'),
    keyPath: text('TEMPORAL_TLS_KEY'),
    caPath: text('TEMPORAL_TLS_CA'),
  };
  return Object.values(files).some(file => file !== undefined) ? files : undefined;
}
