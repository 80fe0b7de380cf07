import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { events } from '@cairn/dto';
import { REPOSITORY } from '../support/campaign.js';

test('the page on types of events is as the registry would have it', () => {
  const check = () =>
    execFileSync(process.execPath, [join(REPOSITORY, 'scripts/event-types.mjs'), '--check'], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: 'pipe',
    });
  expect(check).not.toThrow();
});

/** What the programs are made of, without tests and without the registry itself. */
function sources(): string {
  const of = (folder: string) =>
    readdirSync(join(REPOSITORY, folder), { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(({ name }) => join(folder, name, 'src'));
  return ['dao/src', ...of('libs'), ...of('apps')]
    .flatMap(folder =>
      readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('testing/'))
        .map(name => readFileSync(join(REPOSITORY, folder, name), 'utf8')),
    )
    .join('\n');
}

test('each type is written by somebody', () => {
  const code = sources();
  // The compiler holds the other way round: nobody can write a type that is not in the registry.
  const isWritten = (type: string) =>
    code.includes(`'${type}'`) || code.includes(`\`${type.slice(0, type.indexOf('.'))}.\${`);
  const unwritten = Object.keys(events.EVENT_TYPES).filter(type => !isWritten(type));
  expect(unwritten).toEqual([]);
});
