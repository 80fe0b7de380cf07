import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDataSource, repositories } from '@cairn/dao';
import { createTestDatabase } from '@cairn/dao/testing';
import { expect, test } from '@jest/globals';
import { seeded } from '../faults/random.js';
import { Program } from '../support/cairn.js';
import { TENANT } from '../support/event-crowd/plan.js';
import { followRestlessly } from '../support/event-crowd/restless-follower.js';
import { startCrowd } from '../support/event-crowd/start-crowd.js';
import { waitUntil } from '../support/wait-until.js';

// Real: PostgreSQL, three processes of the API, one of writers; SIGKILL. Nothing else: no run is started.
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const EVENTS = 10_000;
const WRITERS = 12;
const FOLLOWERS = 5;
/** The machine may be busy with other tests. Milliseconds. */
const PATIENCE = 120_000;
const LEADS = 'this process gives events their places';

test('every follower sees every event once, in order, whatever is killed meanwhile', async () => {
  const seed = Number(process.env['CAIRN_EVENTS_SEED'] ?? randomInt(2 ** 31));
  console.log(`CAIRN_EVENTS_SEED=${seed}`);
  const random = seeded(seed);
  const home = await mkdtemp(join(tmpdir(), 'cairn-events-'));
  const database = await createTestDatabase();
  const env = {
    CAIRN_HOME: home,
    CAIRN_PORT: '0',
    CAIRN_LOG_LEVEL: 'info',
    DATABASE_URL: database.url,
    // Nothing listens on the discard port: events need no Temporal.
    TEMPORAL_ADDRESS: '127.0.0.1:9',
  };
  const urls = new Map<string, string>();
  const programs = new Map<string, Program>();
  const start = async (name: string) => {
    const program = new Program('api', REPOSITORY, env, join(home, `${name}.log`));
    programs.set(name, program);
    urls.set(name, (await program.start()).url!);
    return program;
  };
  const kill = async (name: string) => {
    urls.delete(name);
    await programs.get(name)!.end('SIGKILL');
  };
  const leads = (name: string) =>
    waitUntil(`${name} gives events their places`, () => programs.get(name)!.log.includes(LEADS), PATIENCE);

  const followers: ReturnType<typeof followRestlessly>[] = [];
  try {
    // The first of them leads.
    await start('a');
    await leads('a');
    await Promise.all([start('b'), start('c')]);
    const crowd = await startCrowd({
      databaseUrl: database.url,
      writers: WRITERS,
      events: EVENTS,
      seed: random.between(0, 2 ** 30),
      mixed: true,
    });
    for (let n = 0; n < FOLLOWERS; n++)
      followers.push(followRestlessly(() => [...urls.values()], random.fork(`follower ${n}`)));
    const reached = (share: number) =>
      waitUntil(
        `somebody has seen ${share} of all`,
        () => followers.some(({ events }) => events.length >= share * EVENTS),
        PATIENCE,
      );

    const writing = crowd.begin();
    await reached(0.2);
    await kill('b');
    await reached(0.4);
    await kill('a');
    const [next, { committed, rolledBack }] = await Promise.all([leads('c'), writing]);
    expect(next).toBe(true);
    expect(rolledBack).toBeGreaterThan(0);

    const dataSource = await createDataSource({ url: database.url, poolSize: 1 }).initialize();
    const { eventLog } = repositories(dataSource);
    const latest = async () => (await eventLog.ranges([TENANT])).get(TENANT)?.position ?? 0;
    await waitUntil(
      'every event has its place',
      async () => (await eventLog.lag()).unsequenced === 0,
      PATIENCE,
    );
    const end = await latest();
    await dataSource.destroy();
    await waitUntil(
      'all followers have seen the last event',
      () =>
        followers.every(({ events, failure }) => {
          if (failure) throw failure;
          return (events.at(-1)?.position ?? 0) >= end;
        }),
      PATIENCE,
    );
    await Promise.all(followers.map(follower => follower.stop()));

    const all = committed.map(count => Array.from({ length: count }, (_, index) => index + 1));
    expect(all.flat()).toHaveLength(EVENTS);
    for (const { events, resets } of followers) {
      expect(resets).toBe(0);
      expect(events.map(({ position }) => position)).toEqual(Array.from({ length: end }, (_, n) => n + 1));
      // Each writer's events, in the order in which it committed them.
      const seen: number[][] = all.map(() => []);
      for (const { type, data } of events)
        if (type === 'cache.evicted')
          seen[(data['filter'] as { writer: number }).writer]!.push(data['evicted'] as number);
      expect(seen).toEqual(all);
    }
    expect(Math.min(...followers.map(({ connections }) => connections))).toBeGreaterThan(3);
  } finally {
    await Promise.all(followers.map(follower => follower.stop().catch(() => undefined)));
    await Promise.all([...programs.values()].map(program => program.end()));
    await database.drop();
    await rm(home, { recursive: true, force: true });
  }
}, 300_000);
