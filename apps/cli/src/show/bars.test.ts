import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { aRun, aStep } from '../testing/a-run.js';
import { progressBar, timeBar } from './bars.js';

describe('bars', () => {
  test('progress fills its width', () => {
    const coloured = {
      ...pc.createColors(false),
      dim: (text: string | number | null | undefined) => `(${text})`,
    };
    expect(progressBar(1, 4, 8, coloured)).toBe('━━(━━━━━━)');
    expect(progressBar(4, 4, 8, coloured)).toBe('━━━━━━━━()');
  });

  test('a step is drawn when it ran', () => {
    const run = aRun([], { status: 'completed', completedAt: '2026-11-21T09:00:10.000Z' });
    const at = (from: number, to: number) => ({
      startedAt: new Date(Date.parse(run.createdAt) + from * 1000).toISOString(),
      completedAt: new Date(Date.parse(run.createdAt) + to * 1000).toISOString(),
    });
    expect(timeBar(aStep('a', { status: 'completed', ...at(2, 5) }), run, 10)).toBe('  ━━━');
    expect(timeBar(aStep('a', { status: 'failed', ...at(9.9, 10) }), run, 10)).toBe('         ━');
    expect(timeBar(aStep('a', { status: 'completed', cacheHit: true, ...at(2, 5) }), run, 10)).toBe('');
    expect(timeBar(aStep('a'), run, 10)).toBe('');
  });
});
