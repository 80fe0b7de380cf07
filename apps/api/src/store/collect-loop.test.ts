import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileStore } from '@cairn/artifact-store';
import { repositories } from '@cairn/dao';
import { createMigratedTestDatabase, writtenEvents } from '@cairn/dao/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { CollectLoop } from './collect-loop.js';

// Real: PostgreSQL and files.
let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let folder: string;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'cairn-collect-loop-'));
});
afterAll(async () => {
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** A log whose lines can be read, and waited for. */
function readableLog() {
  const lines: { msg: string; error?: string }[] = [];
  let wake = (): void => undefined;
  const log = pino(
    { level: 'info' },
    { write: text => void (lines.push(JSON.parse(text) as { msg: string }), wake()) },
  );
  const next = () => new Promise<void>(resolve => (wake = resolve));
  return { log, lines, next };
}

test('collects again and again, and says so only when there was something', async () => {
  const store = openFileStore(folder);
  const { dataSource } = database;
  const { blobs } = repositories(dataSource);
  const { log, lines, next } = readableLog();
  const seen = { rounds: 0, twice: (): void => undefined };
  const twoMore = () => new Promise<void>(resolve => (seen.twice = resolve));
  const watched = Object.create(store) as typeof store;
  let until = Infinity;
  watched.sweepIncoming = (olderThanMs, options) => {
    seen.rounds += 1;
    if (seen.rounds >= until) seen.twice();
    return store.sweepIncoming(olderThanMs, options);
  };
  const old = await store.put('local', Buffer.from('old'), {
    announce: blob => blobs.announce('local', blob, { forMs: 0 }),
  });
  await dataSource.query(`UPDATE "blob" SET "touchedAt" = now() - interval '2 hours'`);
  const loop = new CollectLoop({ dataSource, store: watched, log }, 20);
  const told = next();
  loop.start();
  await told;
  expect(await store.stat('local', old.digest)).toBeUndefined();
  const quiet = twoMore();
  until = seen.rounds + 2;
  await quiet;
  await loop.stop();
  expect(lines.map(({ msg }) => msg)).toEqual(['collected what nobody needs']);
  const events = await writtenEvents(dataSource, 'local');
  expect(events.map(({ type }) => type)).toEqual(['store.collected']);
}, 30_000);

test('says what kept it from collecting, and goes on', async () => {
  const { log, lines, next } = readableLog();
  const failing = Object.create(openFileStore(folder)) as ReturnType<typeof openFileStore>;
  failing.sweepIncoming = () => Promise.reject(new Error('the disk is away'));
  const loop = new CollectLoop({ dataSource: database.dataSource, store: failing, log }, 20);
  const first = next();
  loop.start();
  await first;
  await next();
  await loop.stop();
  expect(new Set(lines.map(({ msg, error }) => `${msg}: ${error}`))).toEqual(
    new Set(['the store could not be collected: the disk is away']),
  );
  expect(lines.length).toBeGreaterThan(1);
}, 30_000);
