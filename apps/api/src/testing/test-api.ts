import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileStore, type ArtifactStore } from '@cairn/artifact-store';
import type { WebhookConfiguration } from '@cairn/configuration';
import { createDataSource, type DataSource } from '@cairn/dao';
import { createTestDatabase } from '@cairn/dao/testing';
import { pino } from 'pino';
import { startApi } from '../app/start-api.js';
import { hashOf } from '../auth/api-key.js';
import { checkedFetch } from './checked-fetch.js';

/** Nothing listens on the discard port. */
export const NO_TEMPORAL = '127.0.0.1:9';

export interface TestApi {
  readonly url: string;
  readonly taskQueue: string;
  /** A connection of the test's own, to look at and to prepare records. */
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  /** The answer, held against the table of operations. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** POSTs JSON. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/**
 * The API on a free port, with a database and an artifact folder of its own.
 * @param operatorKey has requests need keys
 * @param databaseUrl turns the URL of the database into the one that the API gets.
 */
export async function startTestApi({
  temporalAddress = NO_TEMPORAL,
  databaseUrl = async url => url,
  maxUploadBytes = 1_000_000,
  operatorKey,
  ratePerMinute = 1_000_000,
  webhooks = {},
}: {
  temporalAddress?: string;
  databaseUrl?: (url: string) => Promise<string>;
  maxUploadBytes?: number;
  operatorKey?: string;
  ratePerMinute?: number;
  webhooks?: WebhookConfiguration;
} = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const home = await mkdtemp(join(tmpdir(), 'cairn-api-test-'));
  const artifacts = join(home, 'artifacts');
  const taskQueue = `test-${randomUUID()}`;
  const api = await startApi(
    {
      home,
      host: '127.0.0.1',
      port: 0,
      databaseUrl: await databaseUrl(database.url),
      temporalAddress,
      temporalNamespace: 'default',
      artifacts: { kind: 'folder', folder: artifacts },
      taskQueue,
      concurrency: {},
      drainMs: 3_000,
      leaseMs: 30_000,
      verifyAfterMs: 86_400_000,
      maxUploadBytes,
      ...(operatorKey !== undefined && { operatorKeyHash: hashOf(operatorKey) }),
      ratePerMinute,
      webhooks,
      collectEveryMs: 0,
      logLevel: 'silent',
    },
    pino({ level: 'silent' }),
  );
  const dataSource = await createDataSource({ url: database.url, poolSize: 2 }).initialize();
  return {
    url: api.url,
    taskQueue,
    dataSource,
    store: openFileStore(artifacts),
    get: (path, init) => checkedFetch(`${api.url}${path}`, init),
    post: (path, body, headers = {}) =>
      checkedFetch(`${api.url}${path}`, {
        method: 'POST',
        ...(body !== undefined && { body: JSON.stringify(body) }),
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      }),
    stop: async () => {
      await api.close();
      await dataSource.destroy();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
