import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { aRun, aStep, anArtifact } from '../testing/a-run.js';
import { countResults, failureLines, summaryTable } from './summary.js';

const plain = pc.createColors(false);
const hit = { status: 'skipped', reason: 'cache_hit', cacheHit: true } as const;

describe('the summary', () => {
  test('counts how the steps came out', () => {
    expect(countResults(aRun([aStep('a', hit), aStep('b', hit)]))).toBe('2 of 2 from cache');
    const mixed = [
      aStep('a', { status: 'completed' }),
      aStep('b', { status: 'completed', cacheHit: true }),
      aStep('c', { status: 'failed' }),
      aStep('d', { status: 'skipped', reason: 'blocked' }),
    ];
    expect(countResults(aRun(mixed))).toBe('1 executed, 1 of 4 from cache, 1 failed, 1 skipped');
    const gate = aStep('b', { kind: 'gate', status: 'completed' });
    expect(countResults(aRun([aStep('a', { status: 'completed' }), gate]))).toBe('1 executed, 1 done');
  });

  test('has a row per step with its time and the size of what it made', () => {
    const blocked = aStep('end', { status: 'skipped', reason: 'blocked' });
    const run = aRun(
      [aStep('intro', { status: 'completed', durationMs: 8200 }), aStep('bgm', hit), blocked],
      {
        status: 'completed',
        completedAt: '2026-11-21T09:00:09.000Z',
      },
    );
    const made = [anArtifact('intro', 900_000), anArtifact('intro', 100_000), anArtifact('bgm', 500)];
    expect(summaryTable(run, made, plain).map(line => line.trimEnd())).toEqual([
      '    step   result            time       size',
      '  ✔ intro  executed         8.2 s     1.0 MB',
      '  ≡ bgm    from cache                  500 B',
      '  – end    blocked',
      `    ${'─'.repeat(40)}`,
      '                            9.0 s     1.0 MB',
    ]);
  });

  test('says how long a gate was open', () => {
    const times = { startedAt: '2026-11-21T09:00:01.000Z', completedAt: '2026-11-21T09:02:06.000Z' };
    const gate = aStep('approve', { kind: 'gate', status: 'completed', durationMs: 0, ...times });
    expect(summaryTable(aRun([gate]), [], plain)[1]).toContain('✔ approve  done         2 min 5 s');
  });

  test('names what failed with code, message and what to do', () => {
    const failed = aStep('win', {
      status: 'failed',
      errorCode: 'VALIDATION_ERROR',
      error: '/copy/title: no\nglyph',
    });
    const advise = (code: string) => `mend ${code}`;
    expect(failureLines(aRun([failed], { status: 'failed' }), advise, 100, plain)).toEqual([
      '  ✖ win (make_win)  VALIDATION_ERROR',
      '    /copy/title: no glyph',
      '    mend VALIDATION_ERROR',
    ]);
  });
});
