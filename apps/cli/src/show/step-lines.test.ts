import { expect, test } from '@jest/globals';
import { aRun, aStep } from '../testing/a-run.js';
import { stepLines } from './step-lines.js';

test('each change is told once, in a plain line', () => {
  const first = aRun([aStep('config', { status: 'running' }), aStep('bgm'), aStep('video')]);
  const later = aRun([
    aStep('config', { status: 'completed', durationMs: 444 }),
    aStep('bgm', { status: 'skipped', reason: 'cache_hit', cacheHit: true }),
    aStep('video', { status: 'running', attempt: 2 }),
  ]);
  const last = aRun([
    aStep('config', { status: 'completed', durationMs: 444 }),
    aStep('bgm', { status: 'skipped', reason: 'cache_hit', cacheHit: true }),
    aStep('video', { status: 'failed', attempt: 2, errorCode: 'RENDER_FAILED', error: 'no luck' }),
  ]);
  expect(stepLines(undefined, first)).toEqual(['config started']);
  expect(stepLines(first, first)).toEqual([]);
  expect(stepLines(first, later)).toEqual([
    'config completed in 0.4 s',
    'bgm from cache',
    'video started, attempt 2',
  ]);
  expect(stepLines(later, last)).toEqual(['video failed, attempt 2: RENDER_FAILED no luck']);
});

test('a step that is left out says why', () => {
  const run = aRun([aStep('package', { status: 'skipped', reason: 'condition_false' })]);
  expect(stepLines(undefined, run)).toEqual(['package skipped (condition false)']);
});

test('what waits for somebody says for whom, and what to do', () => {
  const waitingOn = { kind: 'approval', gateId: 'g1', role: 'approver' };
  expect(
    stepLines(undefined, aRun([aStep('approve', { kind: 'gate', status: 'running', waitingOn })])),
  ).toEqual(['approve waits for the approval of the role approver: cairn gates show g1']);
});

test('a map says how many items it had', () => {
  const items = { total: 3, done: 2, cached: 1, failed: 1 };
  const run = aRun([aStep('all', { kind: 'map', status: 'completed', durationMs: 1500, items })]);
  expect(stepLines(undefined, run)).toEqual(['all completed in 1.5 s, 3 items, 1 from cache, 1 failed']);
});
