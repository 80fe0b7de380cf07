import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { asActor } from './actor.js';
import { EventListener, SequencerSession } from './event-sequencing.js';
import { newId } from './ids.js';
import { repositories, transaction } from './repositories/index.js';
import { createMigratedTestDatabase } from './testing/index.js';

// Real: PostgreSQL, with as many connections as there would be processes.
/** So long may a session be quiet here, where nobody works in between. Milliseconds. */
const QUIET_MS = 600_000;
let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let dataSource: DataSource;
let session: SequencerSession;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
  ({ dataSource } = database);
  session = await SequencerSession.open(dataSource, () => undefined, QUIET_MS);
});
afterAll(async () => {
  await session.close();
  await database.drop();
});
beforeEach(() => dataSource.query('TRUNCATE "event", "event_head"'));

const event = (tenantId: string, evicted: number) =>
  ({ tenantId, type: 'cache.evicted', data: { evicted, filter: {} } }) as const;
const log = async (tenantId: string, after = 0, limit = 100) =>
  (await repositories(dataSource).eventLog.readEvents(tenantId, after, limit)).map(
    ({ position, data }) => `${position}:${String(data['evicted'])}`,
  );
const append = (...events: ReturnType<typeof event>[]) => repositories(dataSource).events.append(events);

test('events get dense positions by tenant, in the order in which they were written', async () => {
  await append(event('acme', 1), event('other', 2), event('acme', 3));
  await append(event('acme', 4));
  expect(await log('acme')).toEqual([]);
  expect((await session.sequence('0', 100)).events).toBe(4);
  expect([await log('acme'), await log('other')]).toEqual([['1:1', '2:3', '3:4'], ['1:2']]);
  await append(event('acme', 5), event('acme', 6));
  await session.sequence('0', 1);
  expect(await log('acme', 2)).toEqual(['3:4', '4:5']);
  await session.sequence('0', 100);
  expect(await log('acme', 2, 2)).toEqual(['3:4', '4:5']);
  expect(await log('acme', 4)).toEqual(['5:6']);
  expect(await repositories(dataSource).eventLog.ranges(['acme', 'nobody'])).toEqual(
    new Map([['acme', { position: 5, floor: 0 }]]),
  );
});

test('what is committed late comes late, delays nobody, and is not missed', async () => {
  let horizon = '0';
  await transaction(dataSource, async tx => {
    await tx.events.append([event('acme', 1)]);
    await append(event('acme', 2));
    ({ horizon } = await session.sequence(horizon, 100));
    expect(await log('acme')).toEqual(['1:2']);
    await append(event('acme', 3));
    ({ horizon } = await session.sequence(horizon, 100));
    expect(await log('acme')).toEqual(['1:2', '2:3']);
  });
  ({ horizon } = await session.sequence(horizon, 100));
  expect(await log('acme')).toEqual(['1:2', '2:3', '3:1']);
});

test('what was rolled back takes no position, to a savepoint or as a whole', async () => {
  await expect(
    transaction(dataSource, async tx => {
      await tx.events.append([event('acme', 1)]);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await dataSource.transaction(async manager => {
    const write = (n: number) =>
      manager.query(
        `INSERT INTO "event" ("id", "tenantId", "type", "data", "createdAt")
         VALUES ($1, 'acme', 'cache.evicted', $2, clock_timestamp())`,
        [newId(), { evicted: n }],
      );
    await write(2);
    await manager.query('SAVEPOINT "a"');
    await write(3);
    await manager.query('ROLLBACK TO "a"');
    await manager.query('SAVEPOINT "b"');
    await write(4);
    await manager.query('RELEASE "b"');
  });
  expect((await session.sequence('0', 100)).events).toBe(2);
  expect(await log('acme')).toEqual(['1:2', '2:4']);
});

test('what was committed before another was written comes before it, though its transaction began later', async () => {
  await transaction(dataSource, async tx => {
    await tx.events.append([event('other', 0)]);
    await append(event('acme', 1));
    await tx.events.append([event('acme', 2)]);
  });
  await session.sequence('0', 100);
  expect(await log('acme')).toEqual(['1:1', '2:2']);
});

test('two at once, which no lock allows, still give each position once and leave no gap', async () => {
  const other = await SequencerSession.open(dataSource, () => undefined, QUIET_MS);
  const total = 400;
  await append(...Array.from({ length: total }, (_, n) => event(n % 2 ? 'acme' : 'other', n)));
  const work = async (mine: SequencerSession) => {
    let done = 0;
    for (let batch = await mine.sequence('0', 7); batch.events > 0; batch = await mine.sequence('0', 7))
      done += batch.events;
    return done;
  };
  const [one, two] = await Promise.all([work(session), work(other)]);
  await other.close();
  expect(one + two).toBe(total);
  expect(Math.min(one, two)).toBeGreaterThan(0);
  for (const tenantId of ['acme', 'other']) {
    const events = await repositories(dataSource).eventLog.readEvents(tenantId, 0, total);
    expect(events.map(({ position }) => position)).toEqual(
      Array.from({ length: total / 2 }, (_, n) => n + 1),
    );
  }
});

test('one leads until its connection ends', async () => {
  let lost = 0;
  const first = await SequencerSession.open(dataSource, () => lost++, QUIET_MS);
  const second = await SequencerSession.open(dataSource, () => undefined, QUIET_MS);
  expect([await first.tryLead(), await second.tryLead()]).toEqual([true, false]);
  await dataSource.query(
    `SELECT pg_terminate_backend("pid", 5000) FROM "pg_locks" WHERE "locktype" = 'advisory' AND "granted"
        AND "database" = (SELECT "oid" FROM "pg_database" WHERE "datname" = current_database())`,
  );
  await expect(first.sequence('0', 1)).rejects.toThrow();
  expect([await second.tryLead(), lost]).toEqual([true, 1]);
  await second.close();
});

test('one that hangs loses its lead, and can do nothing when it goes on', async () => {
  let lose: () => void = () => undefined;
  const lost = new Promise<void>(resolve => (lose = resolve));
  const next = await SequencerSession.open(dataSource, () => undefined, QUIET_MS);
  const hung = await SequencerSession.open(dataSource, lose, 1_000);
  expect([await hung.tryLead(), await next.tryLead()]).toEqual([true, false]);
  await append(event('acme', 1));
  // It asks for nothing more: PostgreSQL ends its session.
  await lost;
  expect(await next.tryLead()).toBe(true);
  await expect(hung.sequence('0', 1)).rejects.toThrow();
  expect((await next.sequence('0', 9)).events).toBe(1);
  await next.close();
});

test('each batch is told once for each tenant, when it can be read', async () => {
  const told: [string, number, number][] = [];
  let heard = () => {};
  const three = new Promise<void>(resolve => (heard = resolve));
  const listener = await EventListener.open(
    dataSource,
    (tenantId, position) =>
      void log(tenantId).then(events => {
        told.push([tenantId, position, events.length]);
        if (told.length === 3) heard();
      }),
    () => undefined,
  );
  await append(event('acme', 1), event('a tenant', 2), event('acme', 3));
  await session.sequence('0', 100);
  await append(event('acme', 4));
  await session.sequence('0', 100);
  await three;
  await listener.close();
  expect(told.sort()).toEqual([
    ['a tenant', 1, 1],
    ['acme', 2, expect.any(Number)],
    ['acme', 3, 3],
  ]);
});

test('events name on whose behalf they happened', async () => {
  await asActor('key:k1', () => append(event('acme', 1)));
  await append(event('acme', 2));
  await session.sequence('0', 100);
  const events = await repositories(dataSource).eventLog.readEvents('acme', 0, 9);
  expect(events.map(({ actor }) => actor)).toEqual(['key:k1', null]);
});

test('a list goes on after a position in either order, by run and by type', async () => {
  const runId = newId();
  await repositories(dataSource).events.append([
    event('acme', 1),
    { tenantId: 'acme', type: 'run.started', runId },
    { tenantId: 'acme', type: 'run.cancel_requested', runId },
    event('acme', 4),
    { tenantId: 'other', type: 'run.started', runId: newId() },
  ]);
  await session.sequence('0', 100);
  const { eventLog } = repositories(dataSource);
  const list = async (filter: Parameters<typeof eventLog.list>[1]) =>
    (await eventLog.list('acme', filter)).map(({ position }) => position);
  expect(await list({ order: 'newest', limit: 3 })).toEqual([4, 3, 2]);
  expect(await list({ order: 'newest', limit: 9, before: 3 })).toEqual([2, 1]);
  expect(await list({ order: 'oldest', limit: 9, after: 3 })).toEqual([4]);
  expect(await list({ order: 'newest', limit: 9, after: 1, before: 4 })).toEqual([3, 2]);
  expect(await list({ order: 'oldest', limit: 9, runId })).toEqual([2, 3]);
  expect(await list({ order: 'oldest', limit: 9, types: ['run.*'] })).toEqual([2, 3]);
  expect(await list({ order: 'oldest', limit: 9, types: ['run.started', 'cache.*'] })).toEqual([1, 2, 4]);
  expect(await list({ order: 'oldest', limit: 9, types: ['run'] })).toEqual([]);
});

test('the oldest events are deleted up to the first that is to stay, and what has no place yet is not', async () => {
  const { eventLog } = repositories(dataSource);
  await append(...[1, 2, 3, 4, 5, 6].map(n => event('acme', n)), event('other', 1));
  await session.sequence('0', 100);
  await append(event('acme', 7));
  await dataSource.query(
    `UPDATE "event" SET "createdAt" = now() - interval '2 hours'
      WHERE "position" IN (1, 2, 3, 4, 6) OR "position" IS NULL`,
  );
  const hour = 3_600_000;
  expect([await eventLog.countOldest('acme', hour), await eventLog.countOldest('acme', null)]).toEqual([
    4, 0,
  ]);
  expect([
    await eventLog.deleteOldest('acme', hour, 3),
    await eventLog.deleteOldest('acme', hour, 3),
  ]).toEqual([3, 1]);
  expect(await eventLog.deleteOldest('acme', hour, 3)).toBe(0);
  expect(await eventLog.deleteOldest('nobody', hour, 3)).toBe(0);
  expect(await log('acme')).toEqual(['5:5', '6:6']);
  expect(await eventLog.ranges(['acme', 'other'])).toEqual(
    new Map([
      ['acme', { position: 6, floor: 4 }],
      ['other', { position: 1, floor: 0 }],
    ]),
  );
  await session.sequence('0', 100);
  expect(await log('acme', 5)).toEqual(['6:6', '7:7']);
});

test('the lag is that of what waits for its place', async () => {
  const { eventLog } = repositories(dataSource);
  expect(await eventLog.lag()).toEqual({ unsequenced: 0, oldestMs: 0 });
  await append(event('acme', 1), event('other', 2));
  await dataSource.query(
    `UPDATE "event" SET "createdAt" = now() - interval '1 minute' WHERE "tenantId" = 'acme'`,
  );
  const { unsequenced, oldestMs } = await eventLog.lag();
  expect(unsequenced).toBe(2);
  expect(oldestMs).toBeGreaterThanOrEqual(60_000);
  await session.sequence('0', 100);
  expect(await eventLog.lag()).toEqual({ unsequenced: 0, oldestMs: 0 });
});
