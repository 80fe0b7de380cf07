import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { repositories } from '@cairn/dao';
import { digestOf } from '@cairn/dao/testing';
import { checkedFetch, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP, the shipped catalog. What workers would say is said by the test.
let api: TestApi;
let cairn: CairnClient;
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
});
afterAll(() => api.stop());

const seen = (build: string, secondsAgo: number) =>
  api.dataSource.query(
    `UPDATE "worker_skill" SET "lastSeenAt" = clock_timestamp() - $2::int * interval '1 second' WHERE "build" = $1`,
    [build, secondsAgo],
  );
const builds = async (id: string) => (await cairn.listSkills()).find(skill => skill.id === id)!.builds;

test('a skill shows the builds of the worker that serve it, and which of them live', async () => {
  expect(await builds('generate_bgm')).toEqual([]);
  const { workerSkills } = repositories(api.dataSource);
  const bgm = (digit: string) => ({
    skillId: 'generate_bgm',
    skillVersion: '1.0.0',
    fingerprint: digestOf(digit),
    details: { code: [digestOf(digit)] },
  });
  await workerSkills.register(digestOf('a'), [
    bgm('1'),
    { ...bgm('3'), skillId: 'generate_sfx', queue: 'audio' },
  ]);
  await workerSkills.register(digestOf('b'), [bgm('2')]);
  await seen(digestOf('a'), 88);
  await seen(digestOf('b'), 91);
  const instants = { firstSeenAt: expect.any(String), lastSeenAt: expect.any(String) };
  const version = '1.0.0';
  expect(await builds('generate_bgm')).toEqual([
    { build: digestOf('a'), version, fingerprint: digestOf('1'), live: true, ...instants },
    { build: digestOf('b'), version, fingerprint: digestOf('2'), live: false, ...instants },
  ]);
  expect(await builds('generate_sfx')).toMatchObject([{ queue: 'audio', fingerprint: digestOf('3') }]);
  expect(await builds('render_video')).toEqual([]);

  const [before] = await builds('generate_bgm');
  await workerSkills.register(digestOf('b'), [bgm('2')]);
  const [now] = await builds('generate_bgm');
  expect([now!.build, now!.live]).toEqual([digestOf('b'), true]);
  expect(now!.lastSeenAt > before!.lastSeenAt).toBe(true);
});

test('what was served before and is not any more is forgotten', async () => {
  const { workerSkills } = repositories(api.dataSource);
  await seen(digestOf('a'), 100);
  await seen(digestOf('b'), 98);
  expect(await workerSkills.removeUnseen(99_000)).toBe(2);
  expect((await builds('generate_bgm')).map(({ build }) => build)).toEqual([digestOf('b')]);
});

test('workers of one build that register at once do not get into each other’s way', async () => {
  const { workerSkills } = repositories(api.dataSource);
  const skills = ['c', 'a', 'b'].map(skillId => ({
    skillId,
    skillVersion: '1.0.0',
    fingerprint: digestOf('1'),
    details: {},
  }));
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      workerSkills.register(digestOf('c'), n % 2 ? skills : [...skills].reverse()),
    ),
  );
  const rows = await workerSkills.listSkills(90_000);
  expect(rows.filter(({ build }) => build === digestOf('c')).map(({ skillId }) => skillId)).toEqual([
    'a',
    'b',
    'c',
  ]);
});
