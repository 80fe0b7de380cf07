import { describe, expect, test } from '@jest/globals';
import type { Skill } from '@cairn/client';
import { judgeReadiness, judgeSkills } from './api-checks.js';
import { checkDisk, checkNode, judgeDisk } from './machine-checks.js';

const AT = '2026-11-21T09:00:00.000Z';
const build = (name: string, fields: Partial<Skill['builds'][number]> = {}) => ({
  ...{ build: `sha256:${name}`, version: '1.0.0', fingerprint: 'sha256:f', live: true },
  ...{ firstSeenAt: AT, lastSeenAt: AT, ...fields },
});
const skill = (id: string, builds: Skill['builds']): Skill => ({
  ...{
    id,
    version: '1.0.0',
    title: id,
    inputSchema: {},
    outputSchema: {},
    uses: [],
    queue: 'default',
    builds,
  },
});
const statuses = (skills: readonly Skill[]) => judgeSkills(skills).map(({ name, status }) => [name, status]);

describe('workers and skills', () => {
  test('are fine when one build serves all', () => {
    const checks = judgeSkills([skill('a', [build('one')]), skill('b', [build('one')])]);
    expect(checks.map(({ status, next }) => [status, next])).toEqual([
      ['ok', undefined],
      ['ok', undefined],
    ]);
  });

  test('builds that differ in a skill are worth a look, others are not', () => {
    const other = build('two', { fingerprint: 'sha256:g' });
    const [workers] = judgeSkills([skill('a', [build('one'), other]), skill('b', [build('one')])]);
    expect([workers?.status, workers?.found]).toEqual([
      'warning',
      'Workers of 2 builds are live (one, two), with different code for a',
    ]);
    expect(statuses([skill('a', [build('one')]), skill('b', [build('two')])])[0]).toEqual(['workers', 'ok']);
  });

  test('nobody is there', () => {
    expect(statuses([skill('a', [build('one', { live: false })])])).toEqual([
      ['workers', 'failed'],
      ['skills', 'unknown'],
    ]);
  });

  test('a skill that is served in another version only is not served', () => {
    const [, skills] = judgeSkills([
      skill('a', [build('one')]),
      skill('b', [build('one', { version: '0.9.0' })]),
    ]);
    expect([skills?.status, skills?.found]).toEqual(['failed', 'Nobody serves b 1.0.0: steps of these wait']);
  });
});

test('what the API misses is named with what to do', () => {
  const checks = judgeReadiness({
    ...{ status: 'unavailable', database: 'unavailable', temporal: 'unavailable', store: 'unavailable' },
  });
  expect(checks.map(({ name, status, next }) => [name, status, next?.split(',')[0]])).toEqual([
    ['database', 'failed', 'Look at logs/postgres.log in CAIRN_HOME'],
    ['temporal', 'failed', 'Look at logs/temporal.log in CAIRN_HOME'],
    ['store', 'failed', 'Look at the folder'],
  ]);
});

describe('this machine', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
    ['20.18.3', 'failed'],
    ['18.20.0', 'failed'],
  ])('Node %s is %s', (version, status) => expect(checkNode(version).status).toBe(status));

  test.each([
    [3e9, 'ok'],
    [1e9, 'warning'],
    [1e8, 'failed'],
  ])('%d bytes of disk are %s', (free, status) => expect(judgeDisk('/home', free).status).toBe(status));

  test('a home that is not there yet is on the disk of the folder above', async () => {
    const here = await checkDisk(process.cwd());
    expect(await checkDisk(`${process.cwd()}/not/there`)).toMatchObject({ status: here.status });
  });
});
