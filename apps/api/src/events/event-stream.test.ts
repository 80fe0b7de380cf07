import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { repositories } from '@cairn/dao';
import { createMigratedTestDatabase } from '@cairn/dao/testing';
import { EventFeed, Sequencer } from '@cairn/events';
import { hashOf } from '../auth/api-key.js';
import { KeyAuthority } from '../auth/authority.js';
import { makeKey, makeTenant, sequenced } from '../testing/index.js';
import { sendEvents, STREAM_TIMES, type StreamTimes } from './event-stream.js';

// Real: PostgreSQL, sequencer, feed, HTTP over a socket of the test's own.
const quiet = { info: () => undefined, warn: () => undefined };
let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let sequencer: Sequencer;
let feed: EventFeed;
let server: Server | undefined;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
  const parts = { dataSource: database.dataSource, log: quiet };
  sequencer = new Sequencer(parts);
  feed = new EventFeed(parts);
  sequencer.start();
  feed.start();
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await feed.stop();
  await sequencer.stop();
  await database.drop();
});

const all = { isLast: () => false, isWanted: () => true };

/** Serves one stream. @returns its port, and when it has ended */
async function serve(tenantId: string, times: StreamTimes, stillAdmitted = () => Promise.resolve(true)) {
  let ended: () => void = () => undefined;
  const over = new Promise<void>(resolve => (ended = resolve));
  server?.close();
  server = createServer((request, response) => {
    void feed
      .follow(tenantId, { after: 0 })
      .then(follower => sendEvents(Object.assign(request, { stillAdmitted }), response, follower, all, times))
      .then(ended);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, over };
}

const LARGE = 150;
async function ask(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n');
  return socket;
}

test('who does not read is cut off with a word, and costs no more than a buffer until then', async () => {
  await repositories(database.dataSource).events.append(
    Array.from({ length: LARGE }, (_, evicted) => ({
      tenantId: 'acme',
      type: 'cache.evicted' as const,
      data: { evicted, filter: { padding: 'x'.repeat(100_000) } },
    })),
  );
  await sequenced(database.dataSource);
  const { port, over } = await serve('acme', { quiet: 60_000, stalled: 300, longest: 60_000 });
  const socket = await ask(port);
  socket.pause();
  await over;
  // Who reads after all gets what was on its way, whole, and how it ended.
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.resume();
  await once(socket, 'close');
  expect(text.endsWith(': you do not read; come again with Last-Event-ID\n\n')).toBe(true);
  const ids = [...text.matchAll(/^id: (\d+)\nevent/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, n) => n + 1));
  expect(ids.length).toBeLessThan(LARGE);
});

test('a stream ends by itself after a while, and says how far it was when nothing happens', async () => {
  await repositories(database.dataSource).events.append([
    { tenantId: 'beta', type: 'cache.evicted', data: { evicted: 1, filter: {} } },
  ]);
  await sequenced(database.dataSource);
  const { port, over } = await serve('beta', { quiet: 50, stalled: 60_000, longest: 1_500 });
  const socket = await ask(port);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await over;
  await once(socket, 'close');
  expect(text).toMatch(/\n\n: position 1\nid: 1\n\n$/);
});

test('a stream ends soon after its key is not taken any more', async () => {
  await makeTenant(database.dataSource, 'gamma');
  const { id, key } = await makeKey(database.dataSource, 'gamma', { role: 'viewer' });
  const authority = new KeyAuthority(database.dataSource, hashOf('operator'), 600);
  const told: boolean[] = [];
  const { port, over } = await serve('gamma', { ...STREAM_TIMES, quiet: 50 }, async () => {
    const admitted = (await authority.identify(`Bearer ${key}`)) !== undefined;
    told.push(admitted);
    // The second time that it is looked at the stream is still there.
    if (told.length === 2) await repositories(database.dataSource).apiKeys.revoke('gamma', id);
    return admitted;
  });
  const socket = await ask(port);
  socket.resume();
  await over;
  await once(socket, 'close');
  expect([told[0], told[1], told.at(-1)]).toEqual([true, true, false]);
});
