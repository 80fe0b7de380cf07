import {
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DIGEST_PATTERN, digestOf } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import type { Adapter, AnySkill } from '@cairn/skill-kit';
import { SkillRegistry } from './skill-registry.js';

/** Real files: a skill with a thread and a library, an adapter with a thread, a package of others. */
const FILES: Readonly<Record<string, string>> = {
  'skill/package.json':
    '{"name":"@cairn/skill-x","type":"module","dependencies":{"encoder":"*","@cairn/lib":"*"}}',
  'skill/run.js': `
    import { used } from '@cairn/lib';
    export const thread = new URL('./work.thread.js', import.meta.url);
    export default { skill: { id: 'draw', version: '1.2.0' }, run: () => used };`,
  'skill/work.thread.js': `import { step } from './step.js'; export default data => step(data);`,
  'skill/step.js': 'export const step = value => value * 2;',
  'skill/unrelated.js': 'export const unrelated = 1;',
  'plain/package.json': '{"name":"@cairn/skill-y","type":"module"}',
  'plain/run.js': `export default { skill: { id: 'another', version: '1.0.0' }, run: () => 1 };`,
  'adapter/package.json': '{"name":"@cairn/adapter","type":"module"}',
  'adapter/index.js': `export const synth = new URL('./synth.thread.js', import.meta.url);`,
  'adapter/synth.thread.js': 'export default data => data;',
  'lib/package.json': '{"name":"@cairn/lib","version":"0.1.0","type":"module","exports":"./index.js"}',
  'lib/index.js': 'export const used = 1;',
  'node_modules/encoder/package.json': '{"name":"encoder","version":"1.0.0"}',
};

const draw = {
  id: 'draw',
  version: '1.2.0',
  spec: {
    uses: ['audio'],
    queue: 'gpu',
    resources: { scene: { kind: 'json', path: 'themes/{theme}/scene.json', schema: {} } },
  },
} as unknown as AnySkill;
const another = { id: 'another', version: '1.0.0', spec: {} } as unknown as AnySkill;

let root: string;
const roots: string[] = [];
const put = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const install = async (changes: Readonly<Record<string, string>> = {}) => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'cairn-registry-')));
  roots.push(root);
  for (const [path, text] of Object.entries({ ...FILES, ...changes })) await put(path, text);
  await mkdir(join(root, 'node_modules/@cairn'));
  await symlink(join(root, 'lib'), join(root, 'node_modules/@cairn/lib'));
};
beforeEach(() => install());
afterEach(() => Promise.all(roots.splice(0).map(folder => rm(folder, { recursive: true }))));

const adapter = (more: Partial<Adapter> = {}): Adapter => ({
  port: 'audio',
  id: 'stub',
  module: pathToFileURL(join(root, 'adapter/index.js')).href,
  create: () => ({}) as never,
  ...more,
});
/** As a worker that starts now, unless the test says when it started. */
function load(options: { codeSince?: Date; adapters?: readonly Adapter[] } = {}): Promise<SkillRegistry> {
  const catalog: Catalog = {
    workflows: [],
    skills: [
      { skill: draw, run: join(root, 'skill/run.js'), packageName: '@cairn/skill-x' },
      { skill: another, run: join(root, 'plain/run.js'), packageName: '@cairn/skill-y' },
    ],
    workflow: () => undefined,
  };
  return SkillRegistry.load(catalog, options.adapters ?? [adapter()], {
    codeSince: options.codeSince ?? new Date(),
  });
}
/** As a deploy does it: the new file takes the place of the old one. */
async function replace(path: string, text: string): Promise<void> {
  await put(`${path}.new`, text);
  await rename(join(root, `${path}.new`), join(root, path));
}

describe('the code is unchanged', () => {
  test('while nobody touches it, and when files change that it does not use', async () => {
    const registry = await load();
    const skill = registry.get('draw', '1.2.0');
    expect(await skill.codeUnchanged()).toBe(true);
    await replace('skill/unrelated.js', 'export const unrelated = 2;');
    await put('skill/more.js', '');
    expect(await skill.codeUnchanged()).toBe(true);
  });
});

describe('the code has changed, and stays so', () => {
  test.each<[string, () => Promise<void>]>([
    ['when the module is replaced', () => replace('skill/run.js', `${FILES['skill/run.js']} // 2`)],
    ['when a thread is replaced', () => replace('skill/work.thread.js', 'export default data => data;')],
    [
      "when an import of a thread's is written in place",
      () => put('skill/step.js', 'export const step = 1;'),
    ],
    ['when a library is replaced', () => replace('lib/index.js', 'export const used = 2;')],
    ["when an adapter's thread is replaced", () => replace('adapter/synth.thread.js', 'export default 1;')],
    ['when a file is gone', () => rm(join(root, 'skill/step.js'))],
    ['when its folder is gone', () => rm(join(root, 'lib'), { recursive: true })],
    [
      'when a package is installed in another version',
      () => replace('node_modules/encoder/package.json', '{"name":"encoder","version":"1.0.1"}'),
    ],
    [
      'when a link leads elsewhere',
      async () => {
        await put('lib2/index.js', 'export const used = 2;');
        await rm(join(root, 'node_modules/@cairn/lib'));
        await symlink(join(root, 'lib2'), join(root, 'node_modules/@cairn/lib'));
      },
    ],
    [
      'when a file of the same size and time takes its place',
      async () => {
        const times = new Date(1_600_000_000_000);
        await replace('skill/step.js', FILES['skill/step.js']!.replace('2', '3'));
        await utimes(join(root, 'skill/step.js'), times, times);
      },
    ],
  ])('%s', async (_name, change) => {
    const times = new Date(1_600_000_000_000);
    await utimes(join(root, 'skill/step.js'), times, times);
    const before = await readFile(join(root, 'skill/step.js'), 'utf8');
    const registry = await load();
    const skill = registry.get('draw', '1.2.0');
    await change();
    expect(await skill.codeUnchanged()).toBe(false);
    await put('skill/step.js', before);
    expect(await skill.codeUnchanged()).toBe(false);
    // The other skill has no part in it.
    expect(await registry.get('another', '1.0.0').codeUnchanged()).toBe(true);
  });
});

describe('loading is refused', () => {
  const CHANGED = { code: 'CODE_CHANGED', retryable: true, skillId: 'draw' };

  test('when a file changes between fingerprint and import', async () => {
    // The module, while it is loaded, plays the deploy: it replaces its own thread.
    const deploy = `import { writeFileSync } from 'node:fs';
      writeFileSync(new URL('./step.js', import.meta.url), 'export const step = 3;');`;
    await put('skill/run.js', `${deploy}${FILES['skill/run.js']}`);
    await expect(load()).rejects.toMatchObject({ ...CHANGED, file: join(root, 'skill/step.js') });
  });

  test.each(['skill/run.js', 'lib/index.js', 'adapter/index.js', 'node_modules/encoder/package.json'])(
    'when %s changed after the process began to load modules',
    async path => {
      // By the file system's own clock, which may be behind ours.
      await put('started', '');
      const codeSince = await waitPast(join(root, 'started'));
      await replace(path, FILES[path]!);
      await expect(load({ codeSince })).rejects.toMatchObject({ ...CHANGED, file: join(root, path) });
    },
  );

  test('by default, when a file is younger than the process', async () => {
    const catalog: Catalog = {
      workflows: [],
      skills: [{ skill: another, run: join(root, 'plain/run.js'), packageName: '@cairn/skill-y' }],
      workflow: () => undefined,
    };
    await expect(SkillRegistry.load(catalog, [])).rejects.toMatchObject({ code: 'CODE_CHANGED' });
  });

  test('when no adapter serves a port, or the module implements another skill', async () => {
    await expect(load({ adapters: [] })).rejects.toThrow('draw uses the port audio, which no adapter serves');
    await put('plain/run.js', `export default { skill: { id: 'third' } };`);
    await expect(load()).rejects.toThrow('does not implement another');
  });
});

/** The time of a file, once new files are younger than it. */
async function waitPast(file: string): Promise<Date> {
  const { mtimeMs } = await stat(file);
  const deadline = Date.now() + 5_000;
  for (let younger = 0; younger <= mtimeMs + 1;) {
    if (Date.now() > deadline) throw new Error("the file system's clock stands still");
    await put('later', '');
    younger = (await stat(join(root, 'later'))).mtimeMs;
  }
  return new Date(mtimeMs);
}

describe('registrations', () => {
  test('say what each skill is made of, in the order of their ids', async () => {
    const registry = await load({ adapters: [adapter({ model: 'm1', parameters: { warmth: 2 } })] });
    const skill = registry.get('draw', '1.2.0');
    const digest: unknown = expect.stringMatching(DIGEST_PATTERN);
    expect(registry.registrations()).toEqual([
      expect.objectContaining({ skillId: 'another', version: '1.0.0', ports: {}, resourcesDeclared: {} }),
      {
        skillId: 'draw',
        version: '1.2.0',
        queue: 'gpu',
        fingerprint: skill.fingerprint,
        code: [digest, digest],
        packages: { encoder: '1.0.0' },
        resolutions: digest,
        ports: {
          audio: {
            adapter: 'stub',
            model: 'm1',
            parameters: { warmth: 2 },
            fingerprint: skill.ports['audio'],
            code: [digest, digest],
            packages: {},
            resolutions: digest,
          },
        },
        resourcesDeclared: { scene: { kind: 'json', path: 'themes/{theme}/scene.json' } },
      },
    ]);
    expect(registry.registrations()[0]).not.toHaveProperty('queue');
    expect(JSON.parse(JSON.stringify(registry.registrations()))).toEqual(registry.registrations());
    expect(registry.build).toBe(digestOf(registry.registrations()));
  });

  test('the same code installed elsewhere is the same build', async () => {
    const { build } = await load();
    await install();
    expect((await load()).build).toBe(build);
  });

  test.each<[string, Record<string, string>, Partial<Adapter>]>([
    ['code', { 'skill/run.js': FILES['skill/run.js']!.replace('=> used', '=> used + 1') }, {}],
    ['thread', { 'skill/step.js': 'export const step = value => value * 3;' }, {}],
    ['package', { 'node_modules/encoder/package.json': '{"name":"encoder","version":"1.0.1"}' }, {}],
    ["adapter's code", { 'adapter/synth.thread.js': 'export default () => 1;' }, {}],
    ['adapter', {}, { id: 'other' }],
    ['model', {}, { model: 'm2' }],
    ['parameter', {}, { parameters: { warmth: 3 } }],
  ])('with another %s it is another build', async (_name, changes, more) => {
    const { build } = await load();
    await install(changes);
    expect((await load({ adapters: [adapter(more)] })).build).not.toBe(build);
  });
});
