import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Type, defineSkill, file, implementSkill, type CachePolicy, type SkillContext } from '../index.js';
import { checkSkill } from './index.js';

const Input = Type.Object({ text: Type.String({ minLength: 1 }) });
const Output = Type.Object({ note: file('text/plain') });

/** A skill that writes a note; `text` makes what is in it. */
function noteSkill(
  text: (context: SkillContext<{ text: string }>) => Promise<string> | string,
  cache?: CachePolicy,
) {
  const note = defineSkill({
    id: 'note',
    version: '1.0.0',
    title: 'Write a note',
    input: Input,
    output: Output,
    ...(cache && { cache }),
  });
  return implementSkill(note, async context => ({
    note: await context.write('text/plain', Buffer.from(await text(context)), { filename: 'note.txt' }),
  }));
}
/** For those that do not obey: nobody needs to wait long to see it. */
const strict = { stopsWithinMs: 100 };
const example = { title: 'A word', input: { text: 'hey' } };
/** Runs of the skill that gave a result, told to stop or not, and those that did not. */
const counted = (run: (signal: AbortSignal) => Promise<unknown>) => {
  const counts = { whole: 0, stopped: 0 };
  const skill = noteSkill(async ({ signal }) => {
    try {
      await run(signal);
      counts.whole += 1;
      return 'done';
    } catch (error) {
      counts.stopped += 1;
      throw error;
    }
  });
  return { counts, skill };
};

test('gives the first run of an example that fits', async () => {
  const { output, files } = await checkSkill(
    noteSkill(({ input }) => input.text),
    example,
  );
  expect(files.text(output.note)).toBe('hey');
});

test('a skill that waits is told to stop before it begins and half-way, and obeys', async () => {
  const { counts, skill } = counted(signal => wait(100, undefined, { signal }));
  await checkSkill(skill, example);
  expect(counts).toEqual({ whole: 2, stopped: 2 });
});

test('one that does not look at its signal is refused', async () => {
  const { counts, skill } = counted(() => wait(300));
  await expect(checkSkill(skill, { ...example, ...strict })).rejects.toThrow(
    'note was told to stop before it began and went on for more than 100 ms',
  );
  expect(counts).toEqual({ whole: 2, stopped: 0 });
});

test('one that looks only when it begins is refused too', async () => {
  const skill = noteSkill(async ({ signal }) => {
    signal.throwIfAborted();
    await wait(600);
    return 'done';
  }, 'never');
  await expect(checkSkill(skill, { ...example, ...strict })).rejects.toThrow(
    'note was told to stop half-way and went on',
  );
});

test('one that keeps the thread to itself is refused', async () => {
  const skill = noteSkill(({ signal }) => {
    signal.throwIfAborted();
    const end = performance.now() + 600;
    while (performance.now() < end);
    return 'done';
  }, 'never');
  await expect(checkSkill(skill, { ...example, ...strict })).rejects.toThrow(
    'note was told to stop half-way and went on',
  );
});

test.each<[string, CachePolicy | undefined, boolean]>([
  ['its results stand for every later one', undefined, true],
  ['it says so', 'global', true],
  ['its results stand for a time', { scope: 'global', ttl: '1h' }, false],
  ['its results stand for its run', 'run_only', false],
  ['its results stand for nothing', 'never', false],
])('the same bytes are wanted of a skill because %s: %p, %p', async (_why, cache, isRefused) => {
  let runs = 0;
  const checking = checkSkill(
    noteSkill(() => `run ${(runs += 1)}`, cache),
    example,
  );
  if (isRefused) await expect(checking).rejects.toThrow('note gave two results for the same input');
  else expect((await checking).files.text((await checking).output.note)).toBe('run 1');
});

test('an example that the schema refuses is refused', async () => {
  const checking = checkSkill(
    noteSkill(() => 'x'),
    { input: { text: '' } },
  );
  await expect(checking).rejects.toMatchObject({ code: 'VALIDATION_ERROR', issues: [{ path: '/text' }] });
});

test('a test that is stopped stops what it checks', async () => {
  const stop = new AbortController();
  const skill = noteSkill(({ signal }) => {
    stop.abort(new Error('enough'));
    signal.throwIfAborted();
    return 'x';
  });
  await expect(checkSkill(skill, { ...example, signal: stop.signal })).rejects.toThrow('enough');
});
