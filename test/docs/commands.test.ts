// Every command of the docs is typed, as it is written, beside a Cairn that serves the example campaign.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createCairnClient } from '@cairn/client';
import { blocksOf, pages, patternsOf } from './blocks.js';
import { startNewcomer, type Newcomer } from './newcomer.js';

jest.setTimeout(300_000);

/** The blocks that are not run, and why. */
const NOT_RUN = [
  {
    starts: 'git clone ',
    because: 'this is the clone, and the Cairn that the others are run beside is its start',
  },
  { starts: 'npm test\n', because: 'it would run itself' },
];
const isRun = (text: string) => !NOT_RUN.some(({ starts }) => text.startsWith(starts));

const blocks = pages().flatMap(blocksOf);
/** Stories from the beginning to the end: first-skill.test.ts and test/e2e/edits.test.ts follow them. */
const STORIES = ['docs/first-skill.md', 'docs/plan-and-explain.md'];
const shell = blocks.filter(({ language, page }) => language === 'sh' && !STORIES.includes(page));

describe('blocks of the docs', () => {
  test('are of a kind that is known', () => {
    const kinds = new Set(['sh', 'text', 'json', 'ts']);
    expect(blocks.filter(({ language }) => !kinds.has(language)).map(({ at }) => at)).toEqual([]);
  });

  test('hide no command from this test', () => {
    const command = /^\s*(\$ |[A-Z_]+=\S+ )?(npm|npx|node|curl|git|cairn|temporal|bash|export [A-Z_]+=)/m;
    const hidden = blocks.filter(({ language, text }) => language !== 'sh' && command.test(text));
    expect(hidden.map(({ at }) => at)).toEqual([]);
  });

  test('are left out only where the list says so', () => {
    const left = NOT_RUN.map(({ starts }) => shell.filter(({ text }) => text.startsWith(starts)).length);
    expect(left).toEqual(NOT_RUN.map(() => 1));
  });
});

test('what a block prints is compared line by line, but for …', () => {
  const [first, second] = patternsOf('  ready: 3 executed, … s\n\n"a.b":"c"\n');
  expect([first?.test('x\n ready:  3 executed, 0.4 s'), first?.test('ready: 4 executed, 0.4 s')]).toEqual([
    true,
    false,
  ]);
  expect([second?.test('{"a.b":"c"}'), second?.test('{"a-b":"c"}')]).toEqual([true, false]);
});

describe('what the docs say to type', () => {
  let newcomer: Newcomer;
  beforeAll(async () => {
    newcomer = await startNewcomer();
  });
  afterAll(async () => {
    // The documented answer to Ctrl-C, after everything was ended in order.
    expect(await newcomer.leave()).toBe(130);
  });

  test('the first start makes the example campaign and says where to play it', () => {
    expect(newcomer.firstStart()).toContain('neon-nights is ready: 9 executed');
    expect(newcomer.firstStart()).toMatch(/Play it +http:\/\/127\.0\.0\.1:\d+\/neon-nights\/\n/);
  });

  test.each(shell.filter(({ text }) => isRun(text)))('$at', async ({ text, prints = '' }) => {
    const { exitCode, output } = await newcomer.run(text);
    expect([exitCode, output]).toEqual([0, expect.any(String)]);
    for (const pattern of patternsOf(prints)) expect(output).toMatch(pattern);
  });

  test('every run that this began comes out well', async () => {
    const client = createCairnClient({ baseUrl: newcomer.apiUrl });
    const { items } = await client.listRuns({ limit: 200 });
    const ended = await Promise.all(items.map(run => client.waitForRun(run.id, { deadlineMs: 60_000 })));
    expect(new Set(ended.map(({ workflowName, status }) => `${workflowName} ${status}`))).toEqual(
      new Set(['campaign.build completed']),
    );
  });
});
