import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { viewOf } from '../run/run-view.js';
import { aRun, aStep } from '../testing/a-run.js';
import { stepList } from './step-list.js';

const plain = pc.createColors(false);
const NOW = Date.parse('2026-11-21T09:00:05.000Z');
const run = aRun([
  aStep('game_config', { status: 'completed', durationMs: 444 }),
  aStep('bgm', { status: 'skipped', reason: 'cache_hit', cacheHit: true, durationMs: 3 }),
  aStep('intro_video', { status: 'running', startedAt: '2026-11-21T09:00:01.500Z', attempt: 2 }),
  aStep('win_video', { status: 'failed', durationMs: 1000, errorCode: 'RENDER_FAILED', error: 'no\nluck' }),
  aStep('package'),
]);

describe('the live list', () => {
  test('has a line per step, with result, time and remarks, and one for the whole', () => {
    expect(stepList(viewOf(run), { columns: 100, rows: 30 }, plain, NOW, 0)).toEqual([
      '',
      '  ✔ game_config  executed          0.4 s',
      '  ≡ bgm          from cache             ',
      '  ⠋ intro_video  running           3.5 s  attempt 2',
      '  ✖ win_video    failed            1.0 s  RENDER_FAILED no luck',
      '  · package      waiting                ',
      `    ${'━'.repeat(24)}  3 of 5 done, 5.0 s`,
    ]);
  });

  test('a step that waits for another run says so', () => {
    const waiting = aRun([aStep('bgm', { waitingOn: { runId: 'x' } })]);
    expect(stepList(viewOf(waiting), { columns: 100, rows: 30 }, plain, NOW, 0)[1]).toBe(
      '  · bgm   waiting                  for another run that does the same',
    );
  });

  test('a step that says how far it is has a bar', () => {
    const running = aRun([aStep('bgm', { status: 'running' })]);
    const progress = new Map([['bgm', { fraction: 0.5, message: 'picture\n48 of 96' }]]);
    expect(stepList({ run: running, progress }, { columns: 100, rows: 30 }, plain, NOW, 0)[1]).toBe(
      `  ⠋ bgm   running                  ${'━'.repeat(12)}  50 % picture 48 of 96`,
    );
  });

  test('a map says how far it is', () => {
    const items = { total: 2000, done: 118, cached: 80, failed: 2 };
    const running = aRun([aStep('all', { kind: 'map', status: 'running', items })]);
    expect(stepList(viewOf(running), { columns: 100, rows: 30 }, plain, NOW, 0)[1]).toContain(
      `all   running                  ${'━'.repeat(12)}  120 of 2000 items, 80 from cache, 2 failed`,
    );
  });

  test.each([20, 40, 60])('no line is wider than a terminal of %d columns', columns => {
    const widths = stepList(viewOf(run), { columns, rows: 30 }, plain, NOW, 0).map(line => stringWidth(line));
    expect(Math.max(...widths)).toBeLessThan(columns);
  });

  test('a low window shows what runs and what failed, in the order of the list', () => {
    const shown = stepList(viewOf(run), { columns: 100, rows: 5 }, plain, NOW, 0);
    expect(shown.map(line => line.trim().split(/\s+/)[1])).toEqual([
      undefined,
      'intro_video',
      'win_video',
      '3',
    ]);
  });
});
