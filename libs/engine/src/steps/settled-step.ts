import type { RunStep } from '@cairn/dao';
import type { SettledStep } from '@cairn/pipeline';

/** What a step's row says once it has ended; undefined while it has not. */
export function settledStep(row: RunStep): SettledStep | undefined {
  switch (row.status) {
    case 'completed':
      return { kind: 'done', output: row.output, fromCache: row.cacheHit };
    case 'skipped':
      return row.reason === 'cache_hit'
        ? { kind: 'done', output: row.output, fromCache: true }
        : { kind: 'skipped', reason: row.reason ?? 'blocked' };
    case 'failed':
      return { kind: 'failed', code: row.errorCode ?? 'UNKNOWN', message: row.error ?? '' };
    default:
      return undefined;
  }
}
