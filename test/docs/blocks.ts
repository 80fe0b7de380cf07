import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../support/campaign.js';

/** A fenced block of a page. */
export interface Block {
  /** Page and line of its first line, e.g. `docs/operators.md:78`. */
  readonly at: string;
  readonly page: string;
  /** What is written behind the fence: `sh`, `text`, `json`, `ts`, or nothing. */
  readonly language: string;
  readonly text: string;
  /** The file whose whole content it is, where a line right above it names one: "`~/my-first/x.ts`:". */
  readonly file?: string;
  /** Of a `sh` block: the `text` block right below it, which is what it prints. */
  readonly prints?: string;
}

/** Every page that a reader may copy commands from, relative to the project's folder. */
export function pages(): string[] {
  const below = (folder: string, ending: string) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
      .map(name => join(folder, name))
      .filter(name => name.endsWith(ending) && !/(^|\/)(node_modules|dist)\//.test(name))
      .sort();
  return ['README.md', 'CONTRIBUTING.md', ...below('docs', '.md'), ...below('examples', 'README.md')];
}

/** The blocks of a page in order. */
export function blocksOf(page: string): Block[] {
  const source = readFileSync(join(REPOSITORY, page), 'utf8');
  const found = [...source.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(match => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    from: match.index,
    to: match.index + match[0].length,
  }));
  return found.map(({ language, text, from, to }, index) => {
    const next = found[index + 1];
    const below = next?.language === 'text' && !source.slice(to, next.from).trim();
    return {
      at: `${page}:${source.slice(0, from).split('\n').length + 1}`,
      page,
      language,
      text,
      ...fileAbove(source.slice(0, from)),
      ...(language === 'sh' && below && { prints: next.text }),
    };
  });
}

/** The file that the last line of a text names, if it does nothing else. */
function fileAbove(text: string): { file?: string } {
  const file = /(?:^|\n)`([^`\n]+)`:\n+$/.exec(text)?.[1];
  return file === undefined ? {} : { file };
}

/** The lines a block prints, as patterns: `…` is whatever differs from one time to the next. */
export function patternsOf(prints: string): RegExp[] {
  const literal = (part: string) =>
    part
      .trim()
      .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      .replace(/\s+/g, '\\s+');
  return prints
    .split('\n')
    .filter(line => line.trim())
    .map(line => new RegExp(line.split('…').map(literal).join('.*')));
}
