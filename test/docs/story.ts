import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { REPOSITORY } from '../support/campaign.js';
import { blocksOf, patternsOf, type Block } from './blocks.js';
import { inherited } from './newcomer.js';

/** The blocks of a page by the heading that they stand under; those before the first one under ''. */
export function sectionsOf(page: string): ReadonlyMap<string, readonly Block[]> {
  const lines = readFileSync(join(REPOSITORY, page), 'utf8').split('\n');
  const headings = lines.map((line, at) => ({ at, title: /^## (.+)$/.exec(line)?.[1] }));
  const sections = new Map<string, Block[]>();
  for (const block of blocksOf(page)) {
    const line = Number(block.at.split(':').at(-1));
    const above = headings.filter(({ at, title }) => title !== undefined && at < line).at(-1)?.title ?? '';
    sections.set(above, [...(sections.get(above) ?? []), block]);
  }
  return sections;
}

/** Types a command as it is written, and holds what it prints against what the page says that it prints. */
export async function type(
  { at, text, prints = '' }: Block,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const output = await new Promise<string>((resolve, reject) => {
    const options = { cwd, env: { ...inherited(), ...env } };
    execFile('bash', ['-euo', 'pipefail', '-c', text], options, (error, stdout, stderr) =>
      error ? reject(new Error(`${at}: ${stdout}${stderr}`, { cause: error })) : resolve(stdout + stderr),
    );
  });
  for (const pattern of patternsOf(prints)) expect(output).toMatch(pattern);
  return output;
}
