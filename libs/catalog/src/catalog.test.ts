import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CatalogError, loadCatalog } from './catalog.js';

/** A skill and a workflow as they look once loaded: the catalog asks no more of them. */
const FILES: Readonly<Record<string, string>> = {
  'skill/package.json': '{"name":"a-skill","type":"module","cairn":{"skill":"./skill.js","run":"./run.js"}}',
  'skill/skill.js':
    'const skill = {id:"a", version:"1.0.0", spec:{}}; export const a = skill; export default skill;',
  'skill/run.js': 'throw new Error("the catalog loads no implementation");',
  'twin/package.json': '{"name":"twin","type":"module","cairn":{"skill":"./skill.js","run":"./run.js"}}',
  'twin/skill.js': 'export default {id:"a", version:"2.0.0", spec:{}};',
  'flow/package.json': '{"name":"flow","type":"module","cairn":{"workflow":"./flow.js"}}',
  'flow/flow.js': `const flow = version => ({ name: "toy.flow", version, graph: {} });
    export const old = flow("1.9.0"), latest = flow("1.10.0"), oldest = flow("1.2.0");`,
  'node_modules/installed/package.json':
    '{"name":"installed","type":"module","cairn":{"workflow":"./flow.js"}}',
  'node_modules/installed/flow.js': 'export default { name: "toy.other", version: "1.0.0", graph: {} };',
  'half/package.json': '{"name":"half","cairn":{"skill":"./skill.js"}}',
  'none/package.json': '{"name":"none"}',
  'broken/package.json': '{',
  'empty/package.json': '{"name":"empty","type":"module","cairn":{"workflow":"./flow.js"}}',
  'empty/flow.js': 'export const nothing = 1;',
  'unbuilt/package.json': '{"name":"unbuilt","type":"module","cairn":{"workflow":"./dist/flow.js"}}',
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-catalog-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
});
afterAll(() => rm(root, { recursive: true }));

let files = 0;
/** Writes a catalog file and loads it. */
async function load(content: unknown) {
  const file = join(root, `catalog-${(files += 1)}.json`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadCatalog(file);
}

test('loads packages by path and by name; implementations are not loaded', async () => {
  const catalog = await load({ packages: ['./skill', './flow', 'installed'] });
  expect(catalog.skills).toEqual([
    {
      skill: { id: 'a', version: '1.0.0', spec: {} },
      run: join(root, 'skill/run.js'),
      packageName: 'a-skill',
    },
  ]);
  expect(catalog.workflows.map(({ name, version }) => `${name}@${version}`).sort()).toEqual([
    'toy.flow@1.10.0',
    'toy.flow@1.2.0',
    'toy.flow@1.9.0',
    'toy.other@1.0.0',
  ]);
});

test('finds a workflow by name: the highest version, or the one that is named', async () => {
  const catalog = await load({ packages: ['./flow'] });
  expect(catalog.workflow('toy.flow')?.version).toBe('1.10.0');
  expect(catalog.workflow('toy.flow', '1.2.0')?.version).toBe('1.2.0');
  expect(catalog.workflow('toy.flow', '3.0.0')).toBe(undefined);
  expect(catalog.workflow('toy.none')).toBe(undefined);
});

describe('an error names the file and the package', () => {
  test.each<[string, unknown, RegExp]>([
    ['a catalog that is no JSON', '{', /catalog-\d+\.json: the catalog cannot be read: /],
    ['a catalog without packages', {}, /catalog-\d+\.json: "packages" is not a list/],
    ['a list of something else', { packages: [1] }, /"packages" is not a list/],
    [
      'a package that is not installed',
      { packages: ['nowhere'] },
      /catalog-\d+\.json: the package nowhere is not/,
    ],
    [
      'a folder that is not there',
      { packages: ['./nowhere'] },
      /nowhere\/package\.json: the package \.\/nowhere /,
    ],
    [
      'a manifest that is no JSON',
      { packages: ['./broken'] },
      /broken\/package\.json: the package \.\/broken /,
    ],
    ['a package that holds nothing', { packages: ['./none'] }, /none\/package\.json: "cairn" names neither/],
    ['a skill without its run', { packages: ['./half'] }, /half\/package\.json: "cairn" names neither/],
    ['a module without a workflow', { packages: ['./empty'] }, /empty\/flow\.js exports neither/],
    [
      'a package that is not built',
      { packages: ['./unbuilt'] },
      /unbuilt\/dist\/flow\.js cannot be loaded: /,
    ],
    ['two skills of one id', { packages: ['./skill', './twin'] }, /catalog-\d+\.json: a is there twice/],
    ['a package listed twice', { packages: ['./flow', './flow'] }, /toy\.flow@1\.10\.0 is there twice/],
  ])('%s', async (_name, content, message) => {
    const loading = load(content);
    await expect(loading).rejects.toThrow(CatalogError);
    await expect(loading).rejects.toThrow(message);
  });

  test('a catalog that is not there', async () => {
    const file = join(root, 'no-catalog.json');
    await expect(loadCatalog(file)).rejects.toThrow(`${file}: the catalog cannot be read`);
  });
});
