import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runCommandLine } from './command-line.js';
import { projectFolder } from './places.js';
import { aShell } from './testing/a-shell.js';

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map(name => join(projectFolder, name)),
  ...readdirSync(join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join(projectFolder, 'docs', name)),
  join(projectFolder, 'examples/hello/README.md'),
];
const named = pages.map(page => [relative(projectFolder, page), page] as const);

/** The lines of shell in a page, those that are run by a test and those for reading alike. */
function commands(page: string): string[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```(?:sh|text)\n(.*?)^```/gms);
  return [...blocks].flatMap(([, block]) => (block ?? '').split('\n'));
}

/** As a shell takes a simple line: words, and what is quoted as a whole. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain!,
  );

describe('the docs', () => {
  test.each(named)('%s links to what is there', (_name, page) => {
    const targets = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(
      ([, target]) => target ?? '',
    );
    const missing = targets.filter(to => !/^https?:/.test(to) && !existsSync(join(dirname(page), to)));
    expect(missing).toEqual([]);
  });

  test.each(named)('%s calls Cairn with arguments it knows and files that exist', async (_name, page) => {
    const typed = commands(page).flatMap(line => {
      const start = /npm start -- (--\S.*?)(?: {2,}.*)?$/.exec(line)?.[1];
      const called = /\bnpx cairn (\S.*?)(?: [|>&].*| {2,}.*)?$/.exec(line)?.[1];
      return start !== undefined ? [`up ${start}`] : called !== undefined ? [called] : [];
    });
    for (const line of typed) {
      const shell = aShell();
      await runCommandLine(wordsOf(line), shell);
      expect([line, shell.performed]).toEqual([line, 1]);
      const file = /--trigger (examples\/\S+)/.exec(line)?.[1];
      expect(file === undefined || existsSync(join(projectFolder, file))).toBe(true);
    }
  });

  test('the snippets of the README are those of the example', () => {
    const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');
    const snippets = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '');
    const sources = ['greet/skill.ts', 'greet/run.ts', 'workflow/workflow.ts'].map(file =>
      readFileSync(join(projectFolder, 'examples/hello', file), 'utf8'),
    );
    expect(snippets.map((code, index) => sources[index]?.includes(code.trim()))).toEqual([true, true, true]);
  });
});
