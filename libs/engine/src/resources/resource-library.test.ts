import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { resource, Type } from '@cairn/skill-kit';
import { ResourceLibrary } from './resource-library.js';

let root: string;
let library: ResourceLibrary;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-resources-'));
  await mkdir(join(root, 'themes/neon'), { recursive: true });
  await put('themes/neon/theme.json', '{"mark": "!"}');
  await put('themes/neon/theme.css', 'a { color: red }');
  await put('game.ts', 'import { word } from "./word.js";\nconsole.log(word as string);');
  await put('word.ts', 'export const word: string = "hello";');
  library = new ResourceLibrary(root);
});
afterEach(() => rm(root, { recursive: true }));

const put = (path: string, text: string) => writeFile(join(root, path), text);
const theme = resource.json('themes/{look.theme}/theme.json', Type.Object({ mark: Type.String() }));
const style = resource.text('themes/{look.theme}/theme.css');
const game = resource.bundle('game.ts');
const input = { look: { theme: 'neon' } };
const load = async () => library.load({ theme, style, game }, input);

test('gives values by name: documents, texts, bundled scripts', async () => {
  const { theme, style, game } = await load();
  expect(theme!.value).toEqual({ mark: '!' });
  expect(style!.value).toBe('a { color: red }');
  expect(game!.value).toBe('(()=>{var o="hello";console.log(o);})();\n');
});

describe('an edit is seen at once', () => {
  test.each([
    ['theme', 'themes/neon/theme.json', '{"mark": "?"}'],
    ['style', 'themes/neon/theme.css', 'a { color: tan }'],
    ['game', 'game.ts', 'console.log("other");'],
    ['game', 'word.ts', 'export const word: string = "adieu";'],
  ] as const)('in %s: %s', async (name, path, text) => {
    const before = await load();
    await put(path, text);
    const after = await load();
    expect(after[name]!.digest).not.toBe(before[name]!.digest);
    const others = ['theme', 'style', 'game'].filter(other => other !== name);
    for (const other of others) expect(after[other]!.digest).toBe(before[other]!.digest);
  });

  test('also when a missing file appears', async () => {
    const other = { look: { theme: 'paper' } };
    await expect(library.load({ theme }, other)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
    await mkdir(join(root, 'themes/paper'));
    await put('themes/paper/theme.json', '{"mark": "."}');
    expect((await library.load({ theme }, other))['theme']!.value).toEqual({ mark: '.' });
  });
});

describe('the digest is the same', () => {
  test.each([
    ['theme', 'themes/neon/theme.json', '{\n    "mark":\t"!"\n}\n'],
    ['game', 'word.ts', '// a comment\nexport const word: string =\n  "hello"; /* and another */'],
  ] as const)('for another writing of %s', async (name, path, text) => {
    const before = (await load())[name]!.digest;
    await put(path, text);
    expect((await load())[name]!.digest).toBe(before);
  });

  test('in another folder', async () => {
    const before = (await load())['game']!.digest;
    const elsewhere = await mkdtemp(join(tmpdir(), 'cairn-resources-'));
    await writeFile(join(elsewhere, 'game.ts'), 'import { word } from "./word.js";\nconsole.log(word);');
    await writeFile(join(elsewhere, 'word.ts'), 'export const word = "hello";');
    const moved = await new ResourceLibrary(elsewhere).load({ game }, {});
    expect(moved['game']!.digest).toBe(before);
    await rm(elsewhere, { recursive: true });
  });
});

test('reading at once is reading the same', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, load));
  expect(new Set(all.map(loaded => JSON.stringify(loaded))).size).toBe(1);
});

describe('a placeholder', () => {
  test.each([
    ['..'],
    ['../themes/neon'],
    ['neon/../../etc'],
    ['/etc'],
    ['a..b'],
    ['.hidden'],
    [''],
    ['neon\u0000'],
    ['neon\\x'],
    ['x'.repeat(65)],
    [7],
    [null],
    [undefined],
    [{ toString: () => 'neon' }],
  ])('never leaves the root: %j', async value => {
    await expect(library.load({ theme }, { look: { theme: value } })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      retryable: false,
      issues: [{ path: '/look/theme' }],
    });
  });

  test.each(['__proto__', 'constructor'])('does not read %s of a prototype', async key => {
    const hostile = resource.text(`{${key}.name}.css`);
    await expect(library.load({ hostile }, {})).rejects.toMatchObject({ issues: [{ path: `/${key}/name` }] });
  });
});

test('a missing file names the field that chose it', async () => {
  await expect(library.load({ style }, { look: { theme: 'none' } })).rejects.toMatchObject({
    code: 'RESOURCE_NOT_FOUND',
    retryable: false,
    message: '/look/theme: there is no themes/none/theme.css',
    issues: [{ path: '/look/theme', code: 'RESOURCE_NOT_FOUND' }],
  });
  await expect(library.load({ fixed: resource.text('none.css') }, {})).rejects.toThrow(
    '/: there is no none.css',
  );
});

test('a document that breaks its schema, or is none, is named', async () => {
  await put('themes/neon/theme.json', '{"mark": 1}');
  await expect(load()).rejects.toThrow('The resource themes/neon/theme.json is not valid: /mark');
  await put('themes/neon/theme.json', '{"mark": ');
  await expect(load()).rejects.toThrow('The resource themes/neon/theme.json is not JSON');
});

test('a document is held against the schema of each skill that reads it', async () => {
  await load();
  const path = 'themes/{look.theme}/theme.json';
  const stricter = resource.json(path, Type.Object({ mark: Type.String(), colour: Type.String() }));
  await expect(library.load({ stricter }, input)).rejects.toThrow(
    'The resource themes/neon/theme.json is not valid: /colour is required',
  );
  expect((await load())['theme']!.value).toEqual({ mark: '!' });
});
