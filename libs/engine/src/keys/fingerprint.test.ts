import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from './fingerprint.js';

/** A repository with two packages of ours, one of others, and a skill over both. */
const FILES: Readonly<Record<string, string>> = {
  'skill/package.json': JSON.stringify({
    name: '@cairn/skill-x',
    type: 'module',
    dependencies: { '@cairn/lib': '0.1.0', encoder: '1.0.0' },
  }),
  'skill/run.js': `
    import { used } from '@cairn/lib';
    import { encode } from 'encoder';
    import { readFile } from 'node:fs/promises';
    import { helper } from './helper.js';
    const thread = new URL('./work.thread.js', import.meta.url);
    export default data => [used(data), encode(data), helper(data), thread, readFile];`,
  'skill/helper.js': `export const helper = value => value + 1;`,
  'skill/work.thread.js': `import { step } from './step.js'; export default data => step(data);`,
  'skill/step.js': `export const step = value => value * 2;`,
  'skill/unrelated.js': `export const unrelated = 1;`,
  'lib/package.json': JSON.stringify({
    name: '@cairn/lib',
    version: '0.1.0',
    type: 'module',
    sideEffects: false,
    exports: './index.js',
  }),
  'lib/index.js': `export { used } from './used.js'; export { unused } from './unused.js';`,
  'lib/used.js': `export const used = value => value - 1;`,
  'lib/unused.js': `export const unused = value => value - 2;`,
  'node_modules/encoder/package.json': JSON.stringify({ name: 'encoder', version: '1.0.0', main: 'i.js' }),
  'node_modules/encoder/i.js': `exports.encode = value => value;`,
};

const roots: string[] = [];
afterEach(() => Promise.all(roots.splice(0).map(root => rm(root, { recursive: true }))));

async function fingerprint(changes: Record<string, string> = {}) {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'cairn-fingerprint-')));
  roots.push(root);
  for (const [path, text] of Object.entries({ ...FILES, ...changes })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await mkdir(join(root, 'node_modules/@cairn'));
  await symlink(join(root, 'lib'), join(root, 'node_modules/@cairn/lib'));
  return fingerprintOf(join(root, 'skill/run.js'));
}
const digest = async (changes?: Record<string, string>) => (await fingerprint(changes)).digest;
const edited = (path: string, from: string, to: string) => ({ [path]: FILES[path]!.replace(from, to) });

test('says what it is made of: the module, its threads, the packages of others', async () => {
  const { code, packages } = await fingerprint();
  expect(code).toHaveLength(2);
  expect(packages).toEqual({ encoder: '1.0.0' });
});

describe('is the same', () => {
  test('in another folder', async () => {
    expect(await digest()).toBe(await digest());
  });

  test.each<[string, Record<string, string>]>([
    ['with a comment more', { 'skill/helper.js': `// why\n${FILES['skill/helper.js']!} /* and so */` }],
    ['with other white space', edited('skill/helper.js', 'value + 1', '(\n  value   +   1\n)')],
    ['with a local name changed', edited('skill/step.js', 'value => value * 2', 'v => v * 2')],
    ['with a changed file that nothing imports', edited('skill/unrelated.js', '1', '2')],
    ['with a changed export that nothing uses', edited('lib/unused.js', '- 2', '- 3')],
    ['with an unused export more', edited('lib/used.js', 'export', 'export const more = 1; export')],
    [
      'with changed code of others in the same version',
      edited('node_modules/encoder/i.js', '=> value', '=> 1'),
    ],
  ])('%s', async (_name, changes) => {
    expect(await digest(changes)).toBe(await digest());
  });
});

describe('is another', () => {
  test.each<[string, Record<string, string>]>([
    ['with changed code', edited('skill/run.js', 'used(data)', 'used(data + 1)')],
    ['with a changed literal', edited('skill/helper.js', '+ 1', '+ 2')],
    ['with a changed import', edited('lib/used.js', '- 1', '- 4')],
    ['with a changed thread', edited('skill/work.thread.js', 'step(data)', 'step(data + 1)')],
    ["with a changed import of a thread's", edited('skill/step.js', '* 2', '* 3')],
    ['with another version of a package', edited('node_modules/encoder/package.json', '1.0.0', '1.0.1')],
    ['with another built-in', edited('skill/run.js', 'node:fs/promises', 'node:fs')],
  ])('%s', async (_name, changes) => {
    expect(await digest(changes)).not.toBe(await digest());
  });

  test('when a second version of a package comes in by another package of ours', async () => {
    const changes = {
      'lib/package.json': JSON.stringify({
        ...(JSON.parse(FILES['lib/package.json']!) as object),
        dependencies: { encoder: '2.0.0' },
      }),
      'lib/node_modules/encoder/package.json': JSON.stringify({ name: 'encoder', version: '2.0.0' }),
    };
    expect((await fingerprint(changes)).packages).toEqual({ encoder: '1.0.0 2.0.0' });
  });
});

test('a module that does not compile is an error', async () => {
  await expect(fingerprint({ 'skill/helper.js': 'export const helper = ;' })).rejects.toThrow('helper.js');
});
