import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CatalogError, loadCatalog } from './index.js';

const flow = (name: string, skills = '') =>
  `{ name: "${name}", version: "1.0.0", graph: {}, skills: new Map([${skills}]) }`;
const manifest = (name: string, cairn: unknown) => JSON.stringify({ name, type: 'module', cairn });

/** Skills and workflows as they look once loaded: the catalog asks no more of them. */
const FILES: Readonly<Record<string, string>> = {
  'skill/package.json': manifest('a-skill', { skill: './skill.js', run: './run.js' }),
  'skill/skill.js':
    'const skill = {id:"a", version:"1.0.0", spec:{}}; export const a = skill; export default skill;',
  'skill/run.js': 'throw new Error("the catalog loads no implementation");',
  'twin/package.json': manifest('twin', { skill: './skill.js', run: './run.js' }),
  'twin/skill.js': 'export default {id:"a", version:"1.0.0", spec:{}};',
  'twin/run.js': '',
  'next/package.json': manifest('next', { skill: './skill.js', run: './run.js' }),
  'next/skill.js': 'export default {id:"a", version:"2.0.0", spec:{}};',
  'next/run.js': '',
  'flow/package.json': manifest('flow', { workflow: './flow.js' }),
  'flow/flow.js': `const flow = version => ({ ...${flow('toy.flow')}, version });
    export const old = flow("1.9.0"), latest = flow("1.10.0"), oldest = flow("1.2.0");`,
  'both/package.json': manifest('both', {
    skills: [
      { skill: './b.js', run: './run.js' },
      { skill: './c.js', run: './run.js' },
    ],
    workflows: ['./flow.js'],
  }),
  'both/b.js': 'export const b = {id:"b", version:"1.0.0", spec:{}};',
  'both/c.js': 'export const c = {id:"c", version:"1.0.0", spec:{}};',
  'both/run.js': '',
  'both/flow.js': `import { b } from "./b.js"; import { c } from "./c.js"; export const both = ${flow('toy.both', '["b", b], ["c", c]')};`,
  'lonely/package.json': manifest('lonely', { workflow: './flow.js' }),
  'lonely/flow.js': `export const lonely = ${flow('toy.lonely', '["a", {id:"a", version:"1.0.0"}]')};`,
  // It hides its package.json, as packages with exports do.
  'node_modules/installed/package.json': JSON.stringify({
    name: 'installed',
    type: 'module',
    exports: { '.': './flow.js' },
    cairn: { workflow: './flow.js' },
  }),
  'node_modules/installed/flow.js': `export default ${flow('toy.other')};`,
  'half/package.json': manifest('half', { skill: './skill.js' }),
  'mute/package.json': manifest('mute', undefined),
  'none/package.json': manifest('none', {}),
  'odd/package.json': manifest('odd', { skils: [] }),
  'pairs/package.json': manifest('pairs', { skills: ['./skill.js'] }),
  'several/package.json': manifest('several', { skill: './skill.js', run: './run.js' }),
  'several/skill.js': `export const a = {id:"a", version:"1.0.0", spec:{}}, b = {id:"b", version:"1.0.0", spec:{}};`,
  'several/run.js': '',
  'broken/package.json': '{',
  'empty/package.json': manifest('empty', { workflow: './flow.js' }),
  'empty/flow.js': 'export const nothing = 1;',
  'unbuilt/package.json': manifest('unbuilt', { workflow: './dist/flow.js' }),
  'bare/package.json': manifest('bare', { workflow: './flow.js' }),
  'bare/flow.js': 'import "not-installed-anywhere";',
  // With a skill kit of its own, as an install that copies it gives.
  'foreign/package.json': manifest('foreign', { skill: '../skill/skill.js', run: '../skill/run.js' }),
  'foreign/node_modules/@cairn/skill-kit/package.json': '{"name":"@cairn/skill-kit","version":"9.8.7"}',
  'sub/own.json': '{"extends": "../base.json", "packages": ["../both"]}',
  'base.json': '{"packages": ["./skill"]}',
  'round.json': '{"extends": ["./base.json", "./round-2.json"], "packages": []}',
  'round-2.json': '{"extends": "round.json", "packages": []}',
};

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'cairn-catalog-')));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await symlink(join(root, 'skill'), join(root, 'node_modules/linked'));
});
afterAll(() => rm(root, { recursive: true }));

let files = 0;
/** Writes a catalog file and loads it. */
async function load(content: unknown) {
  const file = join(root, `catalog-${(files += 1)}.json`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadCatalog(file);
}
const skillsOf = ({ skills }: Awaited<ReturnType<typeof load>>) => skills.map(({ skill }) => skill.id);

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

test('a package may hold several skills and workflows', async () => {
  const catalog = await load({ packages: ['./both'] });
  expect(skillsOf(catalog)).toEqual(['b', 'c']);
  expect(catalog.workflow('toy.both')?.version).toBe('1.0.0');
});

test('a skill may be there in several versions, for workflows that stand on the older one', async () => {
  const { skills } = await load({ packages: ['./skill', './next', './lonely'] });
  expect(skills.map(({ skill }) => `${skill.id}@${skill.version}`)).toEqual(['a@1.0.0', 'a@2.0.0']);
});

test('follows links, so that a package is one wherever it is reached from', async () => {
  const { skills } = await load({ packages: ['linked'] });
  expect(skills.map(({ run }) => run)).toEqual([join(root, 'skill/run.js')]);
  await expect(load({ packages: ['linked', './skill'] })).rejects.toThrow('./skill is listed twice');
});

test('a catalog extends others, each counted once, and paths are relative to the file they stand in', async () => {
  expect(skillsOf(await loadCatalog(join(root, 'sub/own.json')))).toEqual(['a', 'b', 'c']);
  const twice = await load({ extends: ['./base.json', './sub/own.json'], packages: [] });
  expect(skillsOf(twice)).toEqual(['a', 'b', 'c']);
});

test('what comes with Cairn is extended by name, and loaded by the same loader', async () => {
  const shipped = await loadCatalog();
  const extended = await load({ extends: 'cairn', packages: ['./both'] });
  expect(skillsOf(extended)).toEqual([...skillsOf(shipped), 'b', 'c']);
  expect(extended.workflow('campaign.build')).toBe(shipped.workflow('campaign.build'));
});

test('finds a workflow by name: the highest version, or the one that is named', async () => {
  const catalog = await load({ packages: ['./flow'] });
  expect(catalog.workflow('toy.flow')?.version).toBe('1.10.0');
  expect(catalog.workflow('toy.flow', '1.2.0')?.version).toBe('1.2.0');
  expect(catalog.workflow('toy.flow', '3.0.0')).toBe(undefined);
  expect(catalog.workflow('toy.none')).toBe(undefined);
});

describe('an error names the file, the package and the rule', () => {
  const packages = (...names: string[]) => ({ packages: names });
  test.each<[string, unknown, RegExp]>([
    ['a catalog that is no JSON', '{', /catalog-\d+\.json: the catalog cannot be read: /],
    ['a catalog that is a list', [], /catalog-\d+\.json: the catalog is no JSON object/],
    ['a catalog without packages', {}, /catalog-\d+\.json: "packages" is not a list/],
    ['a list of something else', { packages: [1] }, /"packages" is not a list/],
    ['an extension of something else', { extends: 1, packages: [] }, /json: "extends" is not "cairn"/],
    [
      'an extension that is not there',
      { extends: 'no.json', packages: [] },
      /\/no\.json: the catalog cannot/,
    ],
    [
      'a catalog that extends itself',
      { extends: 'round.json', packages: [] },
      /round\.json: "extends" leads back/,
    ],
    [
      'a package that is not installed',
      packages('nowhere'),
      /catalog-\d+\.json: the package nowhere is not installed/,
    ],
    [
      'a folder that is not there',
      packages('./nowhere'),
      /\.json: the package \.\/nowhere is not there: no .*package\.json/,
    ],
    [
      'a manifest that is no JSON',
      packages('./broken'),
      /broken\/package\.json: the package \.\/broken cannot be read/,
    ],
    [
      'a package without the field',
      packages('./mute'),
      /mute\/package\.json: the package \.\/mute: it has no field "cairn"/,
    ],
    ['a package that holds nothing', packages('./none'), /\.\/none: "cairn" names neither/],
    ['a field that is not known', packages('./odd'), /\.\/odd: "cairn" has a field "skils"/],
    ['a skill without its run', packages('./half'), /\.\/half: "cairn" names a skill without its run/],
    ['skills that are no pairs', packages('./pairs'), /\.\/pairs: "cairn\.skills" is not a list of/],
    [
      'two skills in one module',
      packages('./several'),
      /skill\.js: the package \.\/several: it exports several/,
    ],
    [
      'a module without a workflow',
      packages('./empty'),
      /empty\/flow\.js: the package \.\/empty: it does not export a w/,
    ],
    [
      'a package that is not built',
      packages('./unbuilt'),
      /unbuilt\/dist\/flow\.js is not there: the package \.\/unbuilt is not built; run "npm run build" in .*unbuilt$/,
    ],
    [
      'a package whose imports are not installed',
      packages('./bare'),
      /\.\/bare cannot be loaded: .*not-installed-anywhere.*"npm install"/,
    ],
    [
      'a skill kit of its own',
      packages('./foreign'),
      /\.\/foreign stands on another instance of @cairn\/skill-kit, 9\.8\.7 in \S+; this Cairn has \d/,
    ],
    [
      'two skills of one id and version',
      packages('./skill', './twin'),
      /json: the skill a@1\.0\.0 is in two packages, \.\/skill and \.\/twin$/,
    ],
    [
      'one of them from elsewhere',
      { extends: './base.json', packages: ['./twin'] },
      /\.\/skill and \.\/twin \(the first is listed in \S+base\.json\)/,
    ],
    ['a package listed twice', packages('./flow', './flow'), /json: the package \.\/flow is listed twice/],
    [
      'a workflow whose skill is missing',
      packages('./lonely'),
      /toy\.lonely@1\.0\.0 of the package \.\/lonely uses the skill a@1\.0\.0, which no .* too$/,
    ],
    [
      'a workflow whose skill is there in another version',
      packages('./lonely', './next'),
      /\.\/lonely uses the skill a@1\.0\.0, which no .*: list its package too; it has a@2\.0\.0$/,
    ],
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
