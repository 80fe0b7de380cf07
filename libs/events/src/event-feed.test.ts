import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { repositories, type DataSource } from '@cairn/dao';
import { createMigratedTestDatabase } from '@cairn/dao/testing';
import { EventFeed, Sequencer, type Follower, type FollowOptions } from './index.js';

// Real: PostgreSQL, its notifications, the sequencer.
const quiet = { info: () => undefined, warn: () => undefined };
let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let dataSource: DataSource;
let sequencer: Sequencer;
let feed: EventFeed;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
  ({ dataSource } = database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await dataSource.query('TRUNCATE "event", "event_head"');
  sequencer = new Sequencer({ dataSource, log: quiet }, { standbyMs: 20, reconnectMs: 20 });
  // Few stay in memory, and a page is small, so that short logs go all ways.
  feed = new EventFeed(
    { dataSource, log: quiet },
    { lookMs: 100, reconnectMs: 20, page: 4, recent: { events: 5, size: 1e6 } },
  );
  sequencer.start();
  feed.start();
});
afterEach(async () => {
  await feed.stop();
  await sequencer.stop();
});

const append = (...numbers: number[]) =>
  repositories(dataSource).events.append(
    numbers.map(
      evicted => ({ tenantId: 'acme', type: 'cache.evicted', data: { evicted, filter: {} } }) as const,
    ),
  );
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
async function take(follower: Follower, last: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  while (seen.at(-1) !== last) {
    const item = await follower.next();
    if (!item) break;
    if (item.kind === 'reset') seen.push(item.reset);
    else seen.push(...item.entries.map(({ event }) => event.data['evicted']));
  }
  return seen;
}
const follow = (options?: FollowOptions) => feed.follow('acme', options);
const end = (name: string) =>
  dataSource.query(
    `SELECT pg_terminate_backend("pid", 5000) FROM "pg_stat_activity"
      WHERE "datname" = current_database() AND "application_name" = $1`,
    [name],
  );

test('a follower that begins late, or falls behind, gets each event once and in order', async () => {
  await append(...upTo(12));
  const late = await follow({ after: 0 });
  expect(await take(late, 12)).toEqual(upTo(12));
  const slow = await follow();
  const quick = await follow();
  for (const first of [13, 17, 21, 25]) {
    await append(...upTo(first + 3, first));
    expect(await take(quick, first + 3)).toEqual(upTo(first + 3, first));
  }
  expect(await take(slow, 28)).toEqual(upTo(28, 13));
  expect(await take(late, 28)).toEqual(upTo(28, 13));
});

test('one query serves all who follow', async () => {
  const followers = await Promise.all(upTo(50).map(() => follow()));
  const queries = jest.spyOn(dataSource.manager, 'query');
  const all = Promise.all(followers.map(follower => take(follower, 3)));
  await append(1, 2, 3);
  expect(await all).toEqual(followers.map(() => [1, 2, 3]));
  const reads = queries.mock.calls.filter(([sql]) => /FROM "event"\s/.test(sql));
  queries.mockRestore();
  expect(reads).toHaveLength(1);
});

test('what is committed while nobody listens is seen all the same', async () => {
  const follower = await follow();
  await end('cairn-events');
  await append(1, 2);
  expect(await take(follower, 2)).toEqual([1, 2]);
  await append(3);
  expect(await take(follower, 3)).toEqual([3]);
});

test('another goes on when the one who sequences is lost', async () => {
  const other = new Sequencer({ dataSource, log: quiet }, { standbyMs: 20, reconnectMs: 60_000 });
  other.start();
  const follower = await follow({ after: 0 });
  await append(1);
  expect(await take(follower, 1)).toEqual([1]);
  await end('cairn-sequencer');
  await append(2);
  expect(await take(follower, 2)).toEqual([2]);
  await other.stop();
});

test('who wakes up is told how far the log has grown', async () => {
  const told = new Promise(resolve => feed.subscribe((...of) => resolve(of)));
  await append(1, 2);
  expect(await told).toEqual(['acme', 2]);
});

test('a hole in the log is told, not passed over', async () => {
  await append(...upTo(9));
  expect(await take(await follow({ after: 0 }), 9)).toEqual(upTo(9));
  const behind = await follow({ after: 1 });
  await dataSource.query('DELETE FROM "event" WHERE "position" <= 6');
  expect(await take(behind, 9)).toEqual([{ requested: 1, oldest: 7, latest: 9 }, 7, 8, 9]);
});

test('followers of a log that went back are let go', async () => {
  await append(1, 2);
  const follower = await follow({ after: 0 });
  expect(await take(follower, 2)).toEqual([1, 2]);
  await dataSource.query('TRUNCATE "event", "event_head"');
  expect(await follower.next()).toBeUndefined();
  await append(3);
  expect(await take(await follow({ after: 0 }), 3)).toEqual([3]);
});

test('a follower that is closed, or whose feed stops, ends', async () => {
  const [closed, stopped] = [await follow(), await follow()];
  const [one, two] = [closed.next(), stopped.next()];
  closed.close();
  expect(await one).toBeUndefined();
  await feed.stop();
  expect(await two).toBeUndefined();
});
