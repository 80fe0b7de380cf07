import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findSkill, newSkill, newWorkflow, ScaffoldError } from './index.js';

const CAIRN = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-scaffold-')));
});
afterAll(() => rmSync(root, { recursive: true }));

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const json = (...path: string[]) => JSON.parse(read(...path)) as Record<string, unknown>;
const skillIn = (parent: string, id: string, installation = CAIRN) =>
  newSkill({ id, parent: join(root, parent), installation });

/** As `npm test` leaves the package of a skill. */
function built(folder: string, id: string, variable: string, version = '1.0.0'): void {
  const put = (name: string, text: string) => writeFileSync(join(folder, 'dist', name), text);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  put('skill.js', `export const ${variable} = { id: '${id}', version: '${version}', spec: {} };`);
  put('run.js', '');
  put('examples.js', `export const examples = [{ input: { text: 'of ${id}' } }];`);
}

/** An installation with what a new package needs to know of it. */
function installation(): string {
  const folder = join(root, 'cairn');
  mkdirSync(join(folder, 'libs/catalog'), { recursive: true });
  for (const name of ['node_modules', 'libs/skill-kit', 'libs/pipeline'])
    symlinkSync(join(CAIRN, name), join(folder, name));
  writeFileSync(join(folder, 'tsconfig.json'), '{"files":[],"references":[{"path":"dto"}]}');
  writeFileSync(join(folder, 'libs/catalog/catalog.json'), '{"packages":["first"]}');
  return folder;
}

describe('a new skill', () => {
  test('is a package that reaches Cairn by path, and holds no name of the template', async () => {
    const made = await skillIn('outside/deep', 'shout_loud');
    expect(made).toMatchObject({
      folder: join(root, 'outside/deep/shout_loud'),
      layout: 'standalone',
      packageName: 'cairn-skill-shout-loud',
    });
    expect(readdirSync(made.folder).sort()).toEqual(made.files);
    const { dependencies, cairn } = json('outside/deep/shout_loud/package.json');
    expect(cairn).toEqual({ skill: './dist/skill.js', run: './dist/run.js' });
    const kit = (dependencies as Record<string, string>)['@cairn/skill-kit'] ?? '';
    expect(kit).toMatch(/^file:\.\.\//);
    expect(realpathSync(join(made.folder, kit.slice('file:'.length)))).toBe(join(CAIRN, 'libs/skill-kit'));
    for (const name of made.files) expect(read('outside/deep/shout_loud', name)).not.toMatch(/my.?skill/i);
    expect(read('outside/deep/shout_loud/skill.ts')).toMatch(
      /export const shoutLoud = defineSkill\({\n {2}id: 'shout_loud',\n.*\n {2}title: 'Shout loud',/,
    );
  });

  test.each(['', 'Shout', '1shout', 'my-skill', 'my.skill', '../up', 'a/b', '_x', 'x'.repeat(65)])(
    'refuses the id %j',
    async id => {
      await expect(skillIn('bad', id)).rejects.toThrow(ScaffoldError);
      expect(existsSync(join(root, 'bad'))).toBe(false);
    },
  );

  test.each(['delete', 'file', 'class', 'run'])(
    'the id %s is no name for a variable, and gets one',
    async id => {
      await skillIn('words', id);
      expect(read('words', id, 'run.ts')).toContain(`implementSkill(${id}Skill, `);
    },
  );

  test.each<[string, (path: string) => void]>([
    ['a folder with something in it', path => mkdirSync(join(path, 'mine'), { recursive: true })],
    ['an empty folder', path => mkdirSync(path, { recursive: true })],
    ['a file', path => writeFileSync(path, 'mine')],
  ])('does not overwrite %s', async (what, put) => {
    const id = what.replaceAll(' ', '_');
    mkdirSync(join(root, 'there'), { recursive: true });
    put(join(root, 'there', id));
    await expect(skillIn('there', id)).rejects.toThrow(`${join(root, 'there', id)} is there already`);
    expect(readdirSync(join(root, 'there')).filter(name => name.startsWith('.'))).toEqual([]);
  });

  test('wants an installation that is installed', async () => {
    const wanting = skillIn('none', 'shout', root);
    await expect(wanting).rejects.toThrow('libs/skill-kit is not there: run "npm ci" in');
    expect(existsSync(join(root, 'none'))).toBe(false);
  });
});

describe('a new workflow', () => {
  test('has a step for each skill, their examples as its trigger, and a catalog beside what comes with Cairn', async () => {
    const skill = await skillIn('pair', 'shout');
    built(skill.folder, 'shout', 'shout');
    const skills = [await findSkill(skill.folder), await findSkill('generate_bgm')];
    expect(skills.map(({ id, isShipped, variable }) => [id, isShipped, variable])).toEqual([
      ['shout', false, 'shout'],
      ['generate_bgm', true, 'generateBgm'],
    ]);
    const made = await newWorkflow({
      name: 'my.shout',
      skills,
      parent: join(root, 'pair'),
      installation: CAIRN,
    });
    expect(made.packageName).toBe('cairn-workflow-my-shout');
    expect(json('pair/my.shout/catalog.json')).toEqual({ extends: 'cairn', packages: ['../shout', '.'] });
    expect(json('pair/my.shout/trigger.json')).toMatchObject({
      shout: { text: 'of shout' },
      generate_bgm: { theme: 'neon_arcade' },
    });
    const dependencies = json('pair/my.shout/package.json')['dependencies'] as Record<string, string>;
    expect(dependencies['cairn-skill-shout']).toBe('file:../shout');
    const source = read('pair/my.shout/workflow.ts');
    expect(source).toContain("import { shout } from 'cairn-skill-shout/skill';");
    expect(source).toContain("import { generateBgm } from '@cairn/skill-generate-bgm/skill';");
    expect(source).toContain(
      "export const myShout = defineWorkflow({ name: 'my.shout', version: '1.0.0', trigger }",
    );
    expect(source.match(/w\.step\('\w+', \w+, t\.\w+\)/g)).toEqual([
      "w.step('shout', shout, t.shout)",
      "w.step('generate_bgm', generateBgm, t.generate_bgm)",
    ]);
    for (const name of made.files) expect(read('pair/my.shout', name)).not.toMatch(/my.?(skill|workflow)/i);
  });

  test('named as its skill, it is another variable', async () => {
    const skill = await skillIn('same', 'echo_it');
    built(skill.folder, 'echo_it', 'echoIt');
    await newWorkflow({
      name: 'echo.it',
      skills: [await findSkill(skill.folder)],
      parent: join(root, 'same'),
      installation: CAIRN,
    });
    expect(read('same/echo.it/workflow.ts')).toContain('export const echoItWorkflow = ');
  });

  test.each(['', 'My.flow', 'my..flow', '.flow', 'my flow', '../flow', 'a/b'])(
    'refuses the name %j',
    async name => {
      const making = newWorkflow({ name, skills: [], parent: join(root, 'bad'), installation: CAIRN });
      await expect(making).rejects.toThrow(`not ${JSON.stringify(name)}`);
    },
  );

  test('refuses names of the engine', async () => {
    const making = newWorkflow({
      name: 'cairn.map',
      skills: [],
      parent: join(root, 'bad'),
      installation: CAIRN,
    });
    await expect(making).rejects.toThrow('the engine');
  });

  test('wants a skill, each once', async () => {
    const make = async (...ids: string[]) =>
      newWorkflow({
        name: 'x',
        skills: await Promise.all(ids.map(id => findSkill(id))),
        parent: join(root, 'bad'),
        installation: CAIRN,
      });
    await expect(make()).rejects.toThrow('A workflow needs a skill');
    await expect(make('generate_bgm', 'generate_bgm')).rejects.toThrow('A skill is named twice');
  });

  test('says how a skill is named that is not found, and that one must be built', async () => {
    await expect(findSkill('nowhere')).rejects.toThrow('There is no skill nowhere in ');
    await expect(findSkill('./nowhere')).rejects.toThrow('is no folder of a skill');
    const { folder } = await skillIn('raw', 'raw');
    await expect(findSkill(folder)).rejects.toThrow(`is not built; run "npm run build" in ${folder}`);
  });
});

test('of a skill in several versions, a workflow gets the newest', async () => {
  for (const version of ['1.9.0', '1.10.0', '1.2.0']) {
    const { folder } = await skillIn(`versions/${version}`, 'twice');
    built(folder, 'twice', 'twice', version);
  }
  const packages = ['1.9.0', '1.10.0', '1.2.0'].map(version => `./versions/${version}/twice`);
  writeFileSync(join(root, 'versions.json'), JSON.stringify({ packages }));
  const { folder } = await findSkill('twice', join(root, 'versions.json'));
  expect(folder).toBe(join(root, 'versions/1.10.0/twice'));
});

describe('inside the installation', () => {
  test('they are packages like those that come with it, known to the build and the catalog', async () => {
    const cairn = installation();
    const skill = await newSkill({ id: 'inner', parent: join(cairn, 'skills'), installation: cairn });
    expect([skill.layout, skill.packageName]).toEqual(['workspace', '@cairn/skill-inner']);
    const { version } = JSON.parse(readFileSync(join(CAIRN, 'libs/skill-kit/package.json'), 'utf8')) as {
      version: string;
    };
    expect(json('cairn/skills/inner/package.json')['dependencies']).toMatchObject({
      '@cairn/skill-kit': version,
    });
    expect(read('cairn/skills/inner/skill.test.ts')).toContain("import { test } from '@jest/globals';");
    built(skill.folder, 'inner', 'inner');
    const made = await newWorkflow({
      name: 'my.inner',
      skills: [await findSkill(skill.folder)],
      parent: join(cairn, 'workflows'),
      installation: cairn,
    });
    expect(existsSync(join(made.folder, 'catalog.json'))).toBe(false);
    expect(json('cairn/workflows/my.inner/tsconfig.json')['references']).toEqual([
      { path: '../../skills/inner' },
      { path: '../../libs/skill-kit' },
      { path: '../../libs/pipeline' },
    ]);
    expect(json('cairn/tsconfig.json')['references']).toEqual([
      { path: 'dto' },
      { path: 'skills/inner' },
      { path: 'workflows/my.inner' },
    ]);
    expect(json('cairn/libs/catalog/catalog.json')).toEqual({
      packages: ['first', '@cairn/skill-inner', '@cairn/workflow-my-inner'],
    });
  });

  test('a workflow of its own uses no skill from elsewhere', async () => {
    const { folder } = await skillIn('elsewhere', 'stranger');
    built(folder, 'stranger', 'stranger');
    const making = newWorkflow({
      name: 'my.stranger',
      skills: [await findSkill(folder)],
      parent: join(root, 'cairn/workflows'),
      installation: join(root, 'cairn'),
    });
    await expect(making).rejects.toThrow(`stranger is in ${dirname(folder)}`);
  });
});
