import { describe, expect, test } from '@jest/globals';
import type { Event } from '@cairn/client';
import type { events } from '@cairn/dto';
import { aRun, aStep } from '../testing/a-run.js';
import { anEvent } from '../testing/an-event.js';
import { unbegun, viewOf, withEvent, type RunView } from './run-view.js';

const run = aRun([aStep('config'), aStep('bgm'), aStep('all', { kind: 'map', skillId: '$map' })], {
  status: 'queued',
});
const about = <T extends events.EventTypeName>(
  type: T,
  stepid: string | undefined,
  data: events.EventData<T>,
  more: Partial<Event> = {},
) => anEvent(run.id, type, data, { ...(stepid !== undefined && { stepid }), ...more });
const started = (stepid: string, attempt = 1) =>
  about('step.started', stepid, { skillId: 's' }, { attempt, time: '2026-11-21T09:00:01.000Z' });
const completed = (stepid: string) =>
  about(
    'step.completed',
    stepid,
    { skillId: 's', cacheHit: false, durationMs: 900, artifactCount: 0, artifacts: [] },
    { time: '2026-11-21T09:00:02.000Z' },
  );
const fold = (view: RunView, ...told: Event[]) => told.reduce(withEvent, view);
const stepOf = (view: RunView, id: string) => view.run.steps.find(({ stepId }) => stepId === id);

const story = [
  about('run.started', undefined, {}),
  started('config'),
  completed('config'),
  about('step.skipped', 'bgm', { skillId: 's', reason: 'cache_hit', artifactCount: 0, artifacts: [] }),
  started('all'),
  about('map.progress', 'all', { total: 4, done: 1, cached: 1, failed: 0 }),
];

test('events make of a run that has not begun what it is', () => {
  const view = fold(viewOf(run), ...story);
  expect(view.run.status).toBe('running');
  expect(stepOf(view, 'config')).toMatchObject({
    status: 'completed',
    durationMs: 900,
    startedAt: '2026-11-21T09:00:01.000Z',
    completedAt: '2026-11-21T09:00:02.000Z',
  });
  expect(stepOf(view, 'bgm')).toMatchObject({ status: 'skipped', reason: 'cache_hit', cacheHit: true });
  expect(stepOf(view, 'all')).toMatchObject({ status: 'running', items: { total: 4, done: 1 } });
});

test('told again, they change nothing', () => {
  const view = fold(viewOf(run), ...story);
  expect(fold(view, ...story)).toEqual(view);
  expect(fold(unbegun(view.run), ...story).run).toEqual(view.run);
});

test('what has ended stays as it is', () => {
  const failed = about('run.failed', undefined, { code: 'STEP_FAILED', message: 'bgm: no luck' });
  const view = fold(viewOf(run), ...story, failed);
  expect(view.run).toMatchObject({ status: 'failed', errorCode: 'STEP_FAILED', error: 'bgm: no luck' });
  expect(fold(view, about('run.completed', undefined, {}), started('bgm'))).toBe(view);
});

describe('a step', () => {
  const progress = (fraction: number, attempt = 1) =>
    about('step.progress', 'bgm', { attempt, fraction, message: 'playing' });

  test('says how far it is, by the attempt that counts', () => {
    const view = fold(viewOf(run), started('bgm'), progress(0.5));
    expect(view.progress.get('bgm')).toEqual({ fraction: 0.5, message: 'playing' });
    const again = fold(view, started('bgm', 2), progress(0.9, 1));
    expect([again.progress.get('bgm'), stepOf(again, 'bgm')?.attempt]).toEqual([undefined, 2]);
    expect(fold(again, progress(0.1, 2), completed('bgm')).progress.size).toBe(0);
  });

  test('waits until it begins', () => {
    const on = { kind: 'execution' as const, runId: run.id, stepId: 'bgm' };
    const view = fold(viewOf(run), about('step.waiting', 'bgm', { on }));
    expect(stepOf(view, 'bgm')).toMatchObject({ status: 'pending', waitingOn: on });
    expect(stepOf(fold(view, started('bgm')), 'bgm')).not.toHaveProperty('waitingOn');
  });

  test('fails for good', () => {
    const failed = about('step.failed', 'bgm', { skillId: 's', code: 'NO', message: 'luck' }, { attempt: 3 });
    expect(stepOf(fold(viewOf(run), started('bgm'), failed), 'bgm')).toMatchObject({
      status: 'failed',
      attempt: 3,
      errorCode: 'NO',
      error: 'luck',
    });
  });
});

test('other runs, items of maps and what is not known change nothing', () => {
  const view = fold(viewOf(run), ...story);
  const others = [
    { ...started('bgm'), runid: '0193a5f0-0000-7000-8000-0000000000cc' },
    started('all[a].bgm'),
    { ...started('bgm'), type: 'step.unheard_of' },
    about('store.collected', undefined, {} as events.EventData<'store.collected'>),
  ];
  expect(fold(view, ...others).run).toEqual(view.run);
});
