import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositories, type DataSource } from '@cairn/dao';
import { createMigratedTestDatabase } from '@cairn/dao/testing';
import type { JsonObject } from '@cairn/dao';
import type { Json } from '@cairn/canonical';
import { defineSkill, resource, Type, type AnySkill } from '@cairn/skill-kit';
import type { KeyIngredients } from '../keys/step-key.js';
import { changesBetween } from './changes.js';
import { Registrations } from './registrations.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createMigratedTestDatabase();
  ({ dataSource } = database);
});
afterAll(() => database.drop());

const skill = defineSkill({
  id: 'paint',
  version: '1.0.0',
  title: 'Paint',
  input: Type.Object({ theme: Type.String() }),
  output: Type.Object({}),
  resources: { theme: resource.text('themes/{theme}/theme.json'), font: resource.text('fonts/one.ttf') },
}) as unknown as AnySkill;

const made = (more: Partial<KeyIngredients> = {}): KeyIngredients => ({
  format: 'cairn-key/1',
  tenant: 'acme',
  skill: 'paint',
  version: '1.0.0',
  fingerprint: 'code-1',
  ports: {},
  resources: {},
  input: {},
  ...more,
});
/** Pointer and message of each change. */
async function told(old: KeyIngredients, now: KeyIngredients): Promise<string[]> {
  const changes = await changesBetween(old, now, skill, new Registrations(dataSource));
  return changes.map(({ path, message }) => `${path}: ${message}`);
}
const inputs = (old: Json, now: Json) => told(made({ input: old }), made({ input: now }));
const file = (letter: string, filename?: string) => ({
  type: 'video/intro',
  digest: `sha256:${letter.repeat(64)}`,
  size: 7,
  ...(filename && { filename }),
});

describe('what differs in an input', () => {
  test('is named by its field, with the old value and the new', async () => {
    expect(await inputs({ copy: { title: 'A' }, n: 1 }, { copy: { title: 'B' }, n: 1 })).toEqual([
      '/input/copy/title: copy.title differs: "A" became "B"',
    ]);
  });

  test('may be there on one side only, at the end of a list, or of another kind', async () => {
    expect(await inputs({ a: null, list: [1], was: { x: 1 } }, { a: [], list: [1, 2], 'is/~': 'x' })).toEqual(
      [
        '/input/a: a differs: null became []',
        '/input/list/1: list.1 was absent, now it is 2',
        '/input/was: was was {"x":1}, now it is absent',
        '/input/is~1~0: is/~ was absent, now it is "x"',
      ],
    );
  });

  test('is a file by name and digest; another name of the same bytes is no other file', async () => {
    const old = { video: file('a', 'intro.mp4') };
    expect(await inputs(old, { video: file('b', 'intro.mp4') })).toEqual([
      '/input/video: video is another file: intro.mp4 (sha256:aaaaaaaaaaaa…) became intro.mp4 (sha256:bbbbbbbbbbbb…)',
    ]);
    expect(await inputs(old, { video: file('a', 'start.mp4') })).toEqual([
      '/input/video/filename: video.filename differs: "intro.mp4" became "start.mp4"',
    ]);
  });

  test('is cut where it is large', async () => {
    const [change] = await changesBetween(
      made({ input: { text: 'x'.repeat(10_000) } }),
      made({ input: { text: { deep: 'y'.repeat(10_000) } } }),
      skill,
      new Registrations(dataSource),
    );
    expect([change!.old, change!.new].map(value => (value as string).length)).toEqual([401, 401]);
    expect(change!.message.length).toBeLessThan(300);
  });

  test('is nothing where nothing differs, whatever the order of fields', async () => {
    expect(await inputs({ a: { x: 1, y: [{}] }, b: 2 }, { b: 2, a: { y: [{}], x: 1 } })).toEqual([]);
  });
});

test('a resource is named by its path: changed, or another one', async () => {
  const neon = made({ input: { theme: 'neon' }, resources: { theme: 'sha256:1', font: 'sha256:f' } });
  expect(await told(neon, { ...neon, resources: { theme: 'sha256:2', font: 'sha256:f' } })).toEqual([
    '/resources/theme: theme (themes/neon/theme.json) changed',
  ]);
  const paper = { ...neon, input: { theme: 'paper' }, resources: { theme: 'sha256:3', font: 'sha256:f' } };
  expect(await told(neon, paper)).toEqual([
    '/resources/theme: theme: themes/neon/theme.json became themes/paper/theme.json',
    '/input/theme: theme differs: "neon" became "paper"',
  ]);
});

test('the version, and the family of runs', async () => {
  expect(await told(made(), made({ version: '2.0.0' }))).toEqual([
    '/version: the version of the skill: "1.0.0" became "2.0.0"',
  ]);
  expect(await told(made({ rootRun: 'one' }), made({ rootRun: 'other' }))).toEqual([
    '/rootRun: its results are shared by a run and its second tries only, and this is another run',
  ]);
});

describe('a fingerprint is resolved to what changed in the code', () => {
  const port = (fingerprint: string, more: object = {}) => ({
    adapter: 'remote',
    model: 'small',
    parameters: { temperature: 0 },
    fingerprint,
    code: ['p'],
    packages: {},
    resolutions: 'r',
    ...more,
  });
  const builds: readonly { fingerprint: string; details: object }[] = [
    {
      fingerprint: 'code-1',
      details: {
        code: ['own', 'thread'],
        packages: { left: '1.0.0', gone: '1.0.0' },
        resolutions: 'r',
        ports: { language: port('port-1') },
      },
    },
    {
      fingerprint: 'code-2',
      details: {
        code: ['other', 'another'],
        packages: { left: '1.1.0', come: '2.0.0' },
        resolutions: 's',
        ports: { language: port('port-2', { model: 'large', parameters: { temperature: 1, top: 5 } }) },
      },
    },
    {
      fingerprint: 'code-3',
      details: {
        code: ['own', 'thread'],
        packages: { left: '1.0.0', gone: '1.0.0' },
        resolutions: 't',
        ports: { language: port('port-3', { adapter: 'stub', model: undefined, parameters: undefined }) },
      },
    },
  ];
  beforeAll(async () => {
    const { workerSkills } = repositories(dataSource);
    for (const { fingerprint, details } of builds)
      await workerSkills.register(`build of ${fingerprint}`, [
        { skillId: 'paint', skillVersion: '1.0.0', fingerprint, details: details as JsonObject },
      ]);
  });

  test('own code, threads, packages with both versions', async () => {
    expect(await told(made(), made({ fingerprint: 'code-2' }))).toEqual([
      "/fingerprint: the skill's own code changed",
      '/fingerprint: the code of a thread of the skill changed',
      '/fingerprint: the npm package come 2.0.0 came in',
      '/fingerprint: the npm package gone 1.0.0 is no longer used',
      '/fingerprint: the npm package left 1.0.0 became 1.1.0',
    ]);
  });

  test('the same versions, given to others', async () => {
    expect(await told(made(), made({ fingerprint: 'code-3' }))).toEqual([
      '/fingerprint: npm packages behind the skill get other versions of each other than before',
    ]);
  });

  test('the model and the parameters of an adapter, or the adapter', async () => {
    const of = (fingerprint: string) => made({ ports: { language: fingerprint } });
    expect(await told(of('port-1'), of('port-2'))).toEqual([
      '/ports/language: the model behind the port language: "small" became "large"',
      '/ports/language: the parameter temperature behind the port language: 0 became 1',
      '/ports/language: the parameter top behind the port language: none became 5',
    ]);
    expect(await told(of('port-1'), of('port-3'))).toEqual([
      '/ports/language: the adapter behind the port language: "remote" became "stub"',
      '/ports/language: the model behind the port language: "small" became none',
      '/ports/language: the parameter temperature behind the port language: 0 became none',
    ]);
  });

  test('a build that was forgotten is said to be', async () => {
    expect(await told(made({ fingerprint: 'code-0' }), made())).toEqual([
      "/fingerprint: the skill's code changed; what in it is not known any more, as workers that nobody has seen for 30 days are forgotten",
    ]);
    expect(
      await told(made({ ports: { language: 'port-0' } }), made({ ports: { language: 'port-1' } })),
    ).toEqual([
      '/ports/language: the adapter behind the port language changed; what in it is not known any more, as workers that nobody has seen for 30 days are forgotten',
    ]);
  });
});
