import { writtenEvents } from '@cairn/dao/testing';
import { repositories } from '@cairn/dao';
import { compile, events } from '@cairn/dto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { executeStep } from '../steps/execute-step.js';
import { echo } from '../testing/fixtures/echo-state.js';
import {
  hooks,
  silent,
  startTestEngine,
  stepRequest,
  TENANT,
  type TestEngine,
} from '../testing/test-engine.js';
import { AttemptReports, type ReportingAttempt } from './attempt-reports.js';
import { Reports } from './reports.js';

// Real: PostgreSQL.
let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

const of: ReportingAttempt = {
  tenantId: TENANT,
  runId: '0193a5f0-0000-7000-8000-0000000000aa',
  stepId: 'bgm',
  attempt: 2,
  isItem: false,
};
const said = (reports: AttemptReports, now: number, last = false) =>
  reports.take(now, last).map(({ type, data }) => [type, data] as const);

describe('what an attempt says', () => {
  test('is its latest progress once in a second, and always the last', () => {
    const reports = new AttemptReports(of);
    const fractions = (now: number, last = false) =>
      said(reports, now, last).map(([, data]) => (data as { fraction: number }).fraction);
    reports.progress(0.1);
    reports.progress(0.2);
    expect(fractions(5_000)).toEqual([0.2]);
    reports.progress(0.3);
    expect(fractions(5_999)).toEqual([]);
    expect(fractions(6_000)).toEqual([0.3]);
    expect(fractions(9_000)).toEqual([]);
    reports.progress(7);
    reports.progress(Number.NaN);
    expect([fractions(9_001), fractions(9_002), fractions(9_003, true)]).toEqual([[1], [], []]);
    reports.progress(0.5);
    expect(fractions(9_004, true)).toEqual([0.5]);
  });

  test('of an item of a map is only its log, of fewer lines', () => {
    const reports = new AttemptReports({ ...of, isItem: true });
    reports.progress(0.5);
    for (let line = 0; line < 105; line++) reports.log('info', 'again');
    const all = said(reports, 0, true);
    expect(all).toHaveLength(101);
    expect(all.at(-1)).toEqual(['step.log_dropped', { attempt: 2, lines: 5 }]);
  });

  test('is bounded, line by line and in all', () => {
    const reports = new AttemptReports(of);
    for (let line = 0; line < 200; line++) reports.log('debug', 'x'.repeat(5_000));
    const all = said(reports, 0, true);
    expect(all.map(([type]) => type).filter(type => type === 'step.log')).toHaveLength(131);
    expect(all[0]![1]).toMatchObject({ level: 'debug', message: 'x'.repeat(events.MOST_LOG_LINE) });
    expect(all.at(-1)).toEqual(['step.log_dropped', { attempt: 2, lines: 69 }]);
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  test.each<[string, Record<string, unknown>, unknown]>([
    ['plain fields', { n: 1, at: new Date(0) }, { n: 1, at: '1970-01-01T00:00:00.000Z' }],
    ['a cycle', cycle, { omitted: 'no JSON' }],
    ['a bigint', { big: 1n }, { omitted: 'no JSON' }],
    ['too much', { text: 'x'.repeat(3_000) }, { omitted: '3011 bytes of JSON' }],
    ['characters that nobody takes', { text: 'a\0\ud800b' }, { text: 'a\uFFFD\uFFFDb' }],
    ['a name that nobody takes', { 'a\0b': 1 }, { omitted: 'no JSON' }],
  ])('with %s is what an event takes', (_what, fields, data) => {
    const reports = new AttemptReports(of);
    reports.log('warn', 'a\0b', fields);
    const [[, line]] = said(reports, 0) as [readonly [string, unknown]];
    expect(line).toMatchObject({ message: 'a\uFFFDb', data });
    expect(compile(events.EVENT_TYPES['step.log'].schema).check(line)).toEqual([]);
  });
});

const written = async () =>
  (await writtenEvents(it.dataSource, TENANT)).map(({ type, data }) => ({ type, data })).reverse();

test('it is written before the end of the step, and is no part of its result', async () => {
  const one = await it.newRun();
  await executeStep(it.engine, stepRequest(one, 'first', { text: 'talk' }), hooks());
  const types = (await written()).map(({ type }) => type);
  expect(types.slice(1)).toEqual(['step.started', 'step.log', 'step.progress', 'step.completed']);
  const [log] = (await written()).filter(({ type }) => type === 'step.log');
  expect(log?.data).toMatchObject({ attempt: 1, level: 'info', message: 'talks', data: { text: 'talk' } });
  // What has said something is taken from the cache like any other.
  const two = await it.newRun();
  echo.calls.length = 0;
  await executeStep(it.engine, stepRequest(two, 'first', { text: 'talk' }), hooks());
  expect(echo.calls).toEqual([]);
});

test('those of all attempts are written together, in the order in which they were said', async () => {
  const reports = new Reports(it.dataSource, silent);
  const attempts = ['a', 'b', 'c'].map(stepId => reports.begin({ ...of, stepId }));
  for (const line of ['one', 'two']) for (const attempt of attempts) attempt.log('info', line);
  await reports.close();
  const lines = (await written()).map(({ data }) => data['message']);
  expect(lines).toEqual(['one', 'two', 'one', 'two', 'one', 'two']);
});

test('what could never be written is left out, and holds nobody up', async () => {
  const reports = new Reports(it.dataSource, silent);
  await it.dataSource.query('ALTER TABLE "event" RENAME TO "gone"');
  await reports.tell([{ tenantId: TENANT, type: 'store.collected', data: {} as never }]);
  await it.dataSource.query('ALTER TABLE "gone" RENAME TO "event"');
  await reports.close();
  expect(await writtenEvents(it.dataSource, TENANT)).toEqual([]);
});

test('a map is told when items have ended, and once more when all have', async () => {
  const map = { tenantId: TENANT, runId: (await it.newRun()).id, mapStepId: 'all' };
  const { mapItems } = repositories(it.dataSource);
  await mapItems.insertItems(
    map,
    ['a', 'b'].map((key, position) => ({ key, position, value: key })),
  );
  const reports = new Reports(it.dataSource, silent);
  await mapItems.endItems(map, [{ position: 0, status: 'done' }]);
  await reports.mapEnds(map);
  await mapItems.endItems(map, [{ position: 1, status: 'failed' }]);
  await reports.mapEnds(map);
  const progress = (await written()).filter(({ type }) => type === 'map.progress');
  expect(progress.map(({ data }) => data)).toEqual([
    { total: 2, done: 1, cached: 0, failed: 0 },
    { total: 2, done: 1, cached: 0, failed: 1 },
  ]);
});
