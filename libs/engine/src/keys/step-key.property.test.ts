import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import type { KeyCases, KeyCasesResult } from './testing/key-cases.thread.js';

const CASES = 100_000;
const seed = Number(process.env['CAIRN_TEST_SEED'] ?? Date.now() % 1_000_000_000);

test(
  `${CASES} random cases: equal inputs, equal keys; one change, another key (CAIRN_TEST_SEED=${seed})`,
  async () => {
    process.stdout.write(`CAIRN_TEST_SEED=${seed}\n`);
    const workerData: KeyCases = { seed, cases: CASES };
    const thread = new Worker(new URL('./testing/key-cases.thread.js', import.meta.url), { workerData });
    // Rejects with what the thread throws.
    const [result] = (await once(thread, 'message')) as [KeyCasesResult];

    // The test is about something: each ingredient was changed often, and few changes changed nothing.
    expect(Object.keys(result.changed)).toHaveLength(11);
    expect(Math.min(...Object.values(result.changed))).toBeGreaterThan(1_000);
    expect(result.changed['input']).toBeGreaterThan(30_000);
    expect(result.excepted).toBeLessThan(CASES / 3);
    expect(result.refused).toBe(CASES);
  },
  // Fifteen seconds of one core, which others may share.
  180_000,
);
