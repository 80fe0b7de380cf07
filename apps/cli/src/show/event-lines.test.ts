import { expect, test } from '@jest/globals';
import type { Event } from '@cairn/client';
import pc from 'picocolors';
import { viewOf, withEvent } from '../run/run-view.js';
import { aRun, aStep } from '../testing/a-run.js';
import { anEvent } from '../testing/an-event.js';
import { progressLines, saidLines } from './event-lines.js';

const plain = pc.createColors(false);
const run = aRun([
  aStep('bgm', { status: 'running' }),
  aStep('all', { kind: 'map', status: 'running', items: { total: 8, done: 0, cached: 0, failed: 0 } }),
]);
const bgm = { stepid: 'bgm' };

test.each<[string, Event, string[]]>([
  [
    'a line of a log, on one line',
    anEvent(
      run.id,
      'step.log',
      { attempt: 1, level: 'info', message: 'two\nlines', data: { n: 1 }, at: '2026-11-21T09:00:00.000Z' },
      bgm,
    ),
    ['bgm: two lines {"n":1}'],
  ],
  [
    'a warning',
    anEvent(
      run.id,
      'step.log',
      { attempt: 1, level: 'warn', message: 'hm', at: '2026-11-21T09:00:00.000Z' },
      bgm,
    ),
    ['bgm: warning: hm'],
  ],
  [
    'lines that are not kept',
    anEvent(run.id, 'step.log_dropped', { attempt: 1, lines: 12 }, bgm),
    ['bgm: … 12 more lines, which are not kept'],
  ],
  [
    'an attempt that is made again',
    anEvent(
      run.id,
      'step.retrying',
      { skillId: 's', code: 'AWAY', message: 'not now' },
      { ...bgm, attempt: 2 },
    ),
    ['bgm failed, attempt 2, and is tried again: AWAY not now'],
  ],
  ['who stops it', anEvent(run.id, 'run.cancel_requested', {}, { actor: 'ada' }), ['asked to stop by ada']],
  ['nothing of a state', anEvent(run.id, 'run.started', {}), []],
])('an event says %s', (_what, event, lines) => {
  expect(saidLines(event, plain)).toEqual(lines);
});

test('progress is a line each quarter, but not at the end', () => {
  const lines: string[] = [];
  let view = viewOf(run);
  const tell = (event: Event) => {
    const before = view;
    view = withEvent(view, event);
    lines.push(...progressLines(before, event, view));
  };
  for (const fraction of [0.1, 0.3, 0.31, 0.8, 0.6, 0.9, 1])
    tell(anEvent(run.id, 'step.progress', { attempt: 1, fraction, message: 'on it' }, bgm));
  for (const done of [1, 2, 5, 8])
    tell(anEvent(run.id, 'map.progress', { total: 8, done, cached: 0, failed: 0 }, { stepid: 'all' }));
  expect(lines).toEqual([
    'bgm: 30 % on it',
    'bgm: 80 % on it',
    'bgm: 90 % on it',
    'all: 2 of 8 items',
    'all: 5 of 8 items',
  ]);
});
