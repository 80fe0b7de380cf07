import { describe, expect, test } from '@jest/globals';
import { runThread } from './run-thread.js';

const module = new URL('./testing/fixtures/count.thread.js', import.meta.url);
const signal = new AbortController().signal;

describe('runThread', () => {
  test('gives the result and passes progress on', async () => {
    const seen: unknown[] = [];
    const result = await runThread<number>(module, { to: 100 }, { signal, progress: (...p) => seen.push(p) });
    expect(result).toBe(5050);
    expect(seen).toEqual([[0.5, 'half']]);
  });

  test('rejects with what the function threw, its fields included', async () => {
    await expect(runThread(module, { fail: 'no' }, { signal })).rejects.toMatchObject({
      name: 'TypeError',
      message: 'no',
      code: 'COUNT_FAILED',
      at: 7,
    });
  });

  test('rejects when the thread ends before its result', async () => {
    await expect(runThread(module, { exit: 3 }, { signal })).rejects.toThrow('ended with code 3');
  });

  test('rejects for a module that is not there', async () => {
    const missing = new URL('./testing/fixtures/none.thread.js', import.meta.url);
    await expect(runThread(missing, {}, { signal })).rejects.toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
  });

  test('ends a thread that never ends by itself, with the reason of the signal', async () => {
    const controller = new AbortController();
    const turning = runThread(
      module,
      { forever: true },
      { signal: controller.signal, progress: () => controller.abort(new Error('cancelled')) },
    );
    await expect(turning).rejects.toThrow('cancelled');
  });

  test('starts nothing when the signal is aborted already', async () => {
    const seen: unknown[] = [];
    const aborted = AbortSignal.abort(new Error('too late'));
    const options = { signal: aborted, progress: () => seen.push(1) };
    await expect(runThread(module, { to: 1 }, options)).rejects.toThrow('too late');
    expect(seen).toEqual([]);
  });
});
