import { StoreUnavailableError } from '@cairn/artifact-store';
import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '@cairn/skill-kit';
import { translated } from './failures.js';

const noRoom = () => Promise.reject(new StoreUnavailableError(new Error('too many open files')));
const attempt = {
  signal: new AbortController().signal,
  attempt: 2,
  most: 3,
  failedBefore: 0,
  nonRetryable: ['NEVER_AGAIN'],
};

describe('a store that cannot be used at the moment', () => {
  test('interrupts the attempt of a skill, and costs it nothing', async () => {
    await expect(translated(noRoom, attempt)).rejects.toMatchObject({
      type: 'INTERRUPTED',
      nonRetryable: true,
      details: [{ attempt: 2, failed: 0 }],
    });
  });

  test('has work on the records tried again: it must not fail the run', async () => {
    await expect(translated(noRoom)).rejects.toMatchObject({
      type: 'STORE_UNAVAILABLE',
      nonRetryable: false,
    });
  });
});

describe("attempts that were lost with their workers are not the skill's", () => {
  const last = { ...attempt, attempt: 3 };
  const fails = (code: string) => () => Promise.reject(new RetryableError(code, 'not today'));

  test('Temporal would give up: it goes on in another activity', async () => {
    await expect(translated(fails('AWAY'), last)).rejects.toMatchObject({
      type: 'INTERRUPTED',
      nonRetryable: true,
      details: [{ attempt: 3, failed: 1 }],
    });
    const plain = () => Promise.reject(new Error('a plain one'));
    await expect(translated(plain, last)).rejects.toMatchObject({ type: 'INTERRUPTED' });
  });

  test.each([
    ['attempts are left', { ...last, attempt: 2 }, 'AWAY'],
    ['all of them were its own', { ...last, failedBefore: 2 }, 'AWAY'],
    ['its code is not tried again', last, 'NEVER_AGAIN'],
  ])('but not when %s', async (_when, at, code) => {
    await expect(translated(fails(code), at)).rejects.toMatchObject({ type: code, nonRetryable: false });
  });

  test('and not for an error that no attempt can mend', async () => {
    const terminal = () => Promise.reject(new TerminalError('WRONG', 'for good'));
    await expect(translated(terminal, last)).rejects.toMatchObject({ type: 'WRONG', nonRetryable: true });
  });
});
