import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXIT } from '../errors.js';
import { projectFolder } from '../places.js';
import { aShell } from '../testing/a-shell.js';
import { makeSkill, makeWorkflow } from './new-command.js';
import { sayWhatWasMade } from './report-scaffold.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-new-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is made where the command was typed', async () => {
  mkdirSync(join(folder, 'mine'));
  const made = await makeSkill('shout', 'mine', { INIT_CWD: folder });
  expect(made.folder).toMatch(/mine\/shout$/);
  expect(existsSync(join(folder, 'mine/shout/skill.ts'))).toBe(true);
});

test.each([
  ['a bad id', () => makeSkill('Shout', folder, {}), EXIT.usage, /A skill's id is small letters/],
  ['a folder that is there', () => makeSkill('mine', folder, {}), EXIT.usage, /is there already/],
  [
    'an unknown skill',
    () => makeWorkflow('my.flow', ['nowhere'], folder, {}),
    EXIT.usage,
    /no skill nowhere/,
  ],
  [
    'a skill that is not built',
    () => makeWorkflow('my.flow', [join(folder, 'mine/shout')], folder, {}),
    EXIT.usage,
    /is not built; run "npm run build"/,
  ],
])('%s is refused with an exit code of its own', async (_what, make, exitCode, message) => {
  await expect(make()).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
});

test('says what to type next: in the new folder, or where a member of the workspace is built', () => {
  const said: string[] = [];
  const shell = { ...aShell(), json: (value: unknown) => void said.push(JSON.stringify(value)) };
  const screen = {
    ...shell.screen,
    colours: shell.screen.colours,
    line: (text = '') => void said.push(text),
  };
  const made = { packageName: 'p', files: ['a', 'b'] };
  const own = { ...made, layout: 'standalone', folder: join(homedir(), 'mine/shout') } as const;
  sayWhatWasMade(own, ['npx cairn skills run .'], {}, { ...shell, screen });
  expect(said.splice(0)).toEqual([
    '  ~/mine/shout: p, 2 files',
    '\n  What to type next:',
    '    cd ~/mine/shout',
    '    npm install',
    '    npm test',
    '    npx cairn skills run .',
  ]);
  const member = { ...made, layout: 'workspace', folder: join(projectFolder, 'skills/shout') } as const;
  sayWhatWasMade(member, [], {}, { ...shell, screen });
  expect(said.splice(0).at(-1)).toBe('    npm test -- skills/shout');
  sayWhatWasMade(own, [], { json: true }, shell);
  expect(JSON.parse(said[0] ?? '')).toEqual(own);
});
