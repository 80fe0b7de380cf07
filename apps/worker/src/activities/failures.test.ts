import { StoreUnavailableError } from '@cairn/artifact-store';
import { describe, expect, test } from '@jest/globals';
import { translated } from './failures.js';

const noRoom = () => Promise.reject(new StoreUnavailableError(new Error('too many open files')));
const attempt = { signal: new AbortController().signal, attempt: 2 };

describe('a store that cannot be used at the moment', () => {
  test('interrupts the attempt of a skill, and costs it nothing', async () => {
    await expect(translated(noRoom, attempt)).rejects.toMatchObject({
      type: 'INTERRUPTED',
      nonRetryable: true,
      details: [{ attempt: 2 }],
    });
  });

  test('has work on the records tried again: it must not fail the run', async () => {
    await expect(translated(noRoom)).rejects.toMatchObject({
      type: 'STORE_UNAVAILABLE',
      nonRetryable: false,
    });
  });
});
