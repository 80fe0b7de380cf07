import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from './fingerprint.js';

type Manifest = Readonly<Record<string, unknown>>;
/** Manifests by folder; `code` is the skill's module. */
interface Installation {
  readonly manifests: Readonly<Record<string, Manifest>>;
  readonly code?: string;
}

/** A skill over a tree of packages: `direct` is imported by nobody, `deep` stands two levels down, `round` in a circle. */
const MANIFESTS: Readonly<Record<string, Manifest>> = {
  'own/skill': { name: '@cairn/skill-x', dependencies: { direct: '^1.0.0', '@cairn/lib': '1.0.0' } },
  'own/lib': { name: '@cairn/lib', version: '1.0.0', dependencies: { other: '1.0.0' } },
  'node_modules/direct': { name: 'direct', version: '1.2.0', dependencies: { middle: '^1.0.0' } },
  'node_modules/middle': {
    name: 'middle',
    version: '1.0.1',
    dependencies: { '@scope/deep': '*', round: '*' },
  },
  'node_modules/@scope/deep': { name: '@scope/deep', version: '3.0.0', dependencies: {} },
  'node_modules/round': { name: 'round', version: '1.0.0', dependencies: { middle: '*', absent: '*' } },
  'node_modules/other': { name: 'other', version: '1.0.0' },
  'node_modules/undeclared': { name: 'undeclared', version: '5.0.0', dependencies: { direct: '*' } },
  'node_modules/tool': { name: 'tool', version: '7.0.0' },
};
const CODE = `import { used } from '@cairn/lib'; export default used;`;

const roots: string[] = [];
afterEach(() => Promise.all(roots.splice(0).map(root => rm(root, { recursive: true }))));

async function install({ manifests, code = CODE }: Installation) {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'cairn-tree-')));
  roots.push(root);
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  for (const [folder, manifest] of Object.entries(manifests)) {
    await put(
      `${folder}/package.json`,
      JSON.stringify({ type: 'module', exports: './index.js', ...manifest }),
    );
    await put(`${folder}/index.js`, 'export const used = 1;');
  }
  await put('own/skill/run.js', code);
  await mkdir(join(root, 'node_modules/@cairn'), { recursive: true });
  await symlink(join(root, 'own/lib'), join(root, 'node_modules/@cairn/lib'));
  return fingerprintOf(join(root, 'own/skill/run.js'));
}
const without = (folder: string) =>
  Object.fromEntries(Object.entries(MANIFESTS).filter(([path]) => path !== folder));
const changed = (folder: string, more: Manifest) => ({
  ...MANIFESTS,
  [folder]: { ...MANIFESTS[folder], ...more },
});
const digest = async (manifests = MANIFESTS, code = CODE) => (await install({ manifests, code })).digest;

test('every package that is reached counts with its version, circles included; ours count by content', async () => {
  const { packages } = await install({ manifests: MANIFESTS });
  expect(packages).toEqual({
    '@scope/deep': '3.0.0',
    direct: '1.2.0',
    middle: '1.0.1',
    other: '1.0.0',
    round: '1.0.0',
  });
});

describe('the same fingerprint', () => {
  test('in another folder, installed in another order', async () => {
    const backwards = Object.fromEntries(Object.entries(MANIFESTS).reverse());
    const dependencies = { round: '*', '@scope/deep': '*' };
    expect(await digest(backwards)).toBe(await digest());
    expect(await digest(changed('node_modules/middle', { dependencies }))).toBe(await digest());
  });

  test('when a package lies deeper that was hoisted', async () => {
    const nested = {
      ...without('node_modules/@scope/deep'),
      'node_modules/middle/node_modules/@scope/deep': MANIFESTS['node_modules/@scope/deep']!,
    };
    expect(await digest(nested)).toBe(await digest());
  });

  test('with another version of what nothing reaches, another range, other tools of development', async () => {
    expect(await digest(changed('node_modules/tool', { version: '8.0.0' }))).toBe(await digest());
    const manifest = {
      dependencies: { middle: '~1.0.1' },
      devDependencies: { tool: '*' },
      scripts: { a: 'b' },
    };
    expect(await digest(changed('node_modules/direct', manifest))).toBe(await digest());
  });
});

describe('another fingerprint', () => {
  test.each([['direct'], ['middle'], ['@scope/deep'], ['round'], ['other']])(
    'with another version of %s',
    async name => {
      expect(await digest(changed(`node_modules/${name}`, { version: '9.0.0' }))).not.toBe(await digest());
    },
  );

  test('when a dependency that was absent is there', async () => {
    const more = { ...MANIFESTS, 'node_modules/absent': { name: 'absent', version: '1.0.0' } };
    expect((await install({ manifests: more })).packages['absent']).toBe('1.0.0');
    expect(await digest(more)).not.toBe(await digest());
  });

  test('with a second version of a package; and when two of them change places', async () => {
    const two = (under: string, version: string, hoisted: string) => ({
      ...changed('node_modules/middle', { version: hoisted }),
      [`node_modules/${under}/node_modules/middle`]: { ...MANIFESTS['node_modules/middle'], version },
    });
    const first = await install({ manifests: two('direct', '2.0.0', '1.0.1') });
    const second = await install({ manifests: two('direct', '1.0.1', '2.0.0') });
    expect(first.packages['middle']).toBe('1.0.1 2.0.0');
    expect(second.packages).toEqual(first.packages);
    expect(second.digest).not.toBe(first.digest);
  });
});

describe('optional and peer dependencies', () => {
  test.each(['optionalDependencies', 'peerDependencies'])('%s count where they are installed', async kind => {
    const manifests = changed('node_modules/other', { [kind]: { tool: '*', 'not-here': '*' } });
    const { packages } = await install({ manifests });
    expect(packages).toMatchObject({ tool: '7.0.0' });
    expect(packages).not.toHaveProperty('not-here');
  });

  const platform = (name: string, version: string, more: Manifest = { os: ['linux'], cpu: ['x64'] }) => ({
    ...changed('node_modules/other', { optionalDependencies: { '@other/linux': '*', '@other/mac': '*' } }),
    [`node_modules/${name}`]: { name, version, ...more },
  });

  test('the sibling of another kind of machine gives the same fingerprint', async () => {
    const onMac = platform('@other/mac', '1.0.0', { os: ['darwin'] });
    const { packages } = await install({ manifests: onMac });
    expect(packages).toMatchObject({ other: '1.0.0', 'other#platform': '1.0.0' });
    expect(packages).not.toHaveProperty('@other/mac');
    expect(await digest(onMac)).toBe(await digest(platform('@other/linux', '1.0.0')));
  });

  test('another version of it gives another one', async () => {
    expect(await digest(platform('@other/linux', '1.0.1'))).not.toBe(
      await digest(platform('@other/linux', '1.0.0')),
    );
  });
});

test('what is imported counts though no package names it', async () => {
  const code = `${CODE} import 'undeclared'; import 'not-there-at-all';`;
  const { packages } = await install({ manifests: MANIFESTS, code });
  expect(packages['undeclared']).toBe('5.0.0');
  const other = changed('node_modules/undeclared', { version: '5.0.1' });
  expect(await digest(other, code)).not.toBe(await digest(MANIFESTS, code));
});

test('its files are the sources, the manifests and the links that led to them', async () => {
  const { files } = await install({ manifests: MANIFESTS });
  const paths = files.map(({ path }) => path.slice(roots.at(-1)!.length + 1)).sort();
  expect(paths).toEqual([
    'node_modules/@cairn/lib',
    'node_modules/@scope/deep/package.json',
    'node_modules/direct/package.json',
    'node_modules/middle/package.json',
    'node_modules/other/package.json',
    'node_modules/round/package.json',
    'own/lib/index.js',
    'own/lib/package.json',
    'own/skill/package.json',
    'own/skill/run.js',
  ]);
});
