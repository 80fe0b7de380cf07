import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Type, defineSkill, file, implementSkill, json, resource, type Adapter } from '../index.js';
import { createTestSkillContext, fileRef, runSkill, runSkillTwice } from './index.js';

const bytes = (text: string) => new TextEncoder().encode(text);

const shout = defineSkill({
  id: 'shout',
  version: '1.0.0',
  title: 'Shout',
  input: Type.Object({
    source: file('text/plain'),
    times: Type.Integer({ default: 2, minimum: 1 }),
    theme: Type.String({ default: 'loud' }),
  }),
  output: Type.Object({
    shouted: file('text/shouted'),
    report: json('text/report', Type.Object({ sum: Type.Integer(), mark: Type.String() })),
  }),
  resources: { style: resource.json('themes/{theme}.json', Type.Object({ mark: Type.String() })) },
});

const shouting = implementSkill(shout, async ctx => {
  const text = await readFile(await ctx.path(ctx.input.source), 'utf8');
  ctx.log.info('read', { length: text.length });
  const scratch = join(ctx.tmp, 'scratch.txt');
  await writeFile(scratch, text.toUpperCase().repeat(ctx.input.times) + ctx.resources.style.mark);
  const sum = await ctx.thread<number>(new URL('./fixtures/count.thread.js', import.meta.url), { to: 10 });
  const shouted = await ctx.write('text/shouted', { path: scratch }, { filename: 'shouted.txt' });
  return { shouted, report: { sum, mark: ctx.resources.style.mark } };
});

const source = bytes('hey ');
const settings = {
  input: { source: fileRef('text/plain', source), noise: 'is cut away' },
  files: { source },
  resources: { style: { mark: '!' } },
};

describe('runSkill', () => {
  test('gives the output, the bytes behind it and what the skill reported', async () => {
    const { output, files, reports } = await runSkill(shouting, settings);
    expect(output.report).toEqual({ sum: 55, mark: '!' });
    expect(files.text(output.shouted)).toBe('HEY HEY !');
    expect(output.shouted).toEqual(fileRef('text/shouted', bytes('HEY HEY !'), { filename: 'shouted.txt' }));
    expect(reports.progress).toEqual([{ fraction: 0.5, message: 'half' }]);
    expect(reports.log).toEqual([{ level: 'info', message: 'read', fields: { length: 4 } }]);
  });

  test('refuses an input that the schema refuses, and says where', async () => {
    const refused = runSkill(shouting, { ...settings, input: { ...settings.input, times: 0 } });
    await expect(refused).rejects.toMatchObject({ code: 'VALIDATION_ERROR', issues: [{ path: '/times' }] });
  });

  test('refuses a file of another artifact type', async () => {
    const input = { source: fileRef('audio/bgm', source) };
    await expect(runSkill(shouting, { ...settings, input })).rejects.toMatchObject({
      issues: [{ path: '/source/type' }],
    });
  });

  test('names a file whose bytes were not given', async () => {
    await expect(runSkill(shouting, { ...settings, files: {} })).rejects.toThrow(
      'was neither given nor written',
    );
  });

  test.each([
    ['an output outside the schema', { shouted: 'no' }, 'OUTPUT_INVALID'],
    [
      'an output that is too large to travel by value',
      { shouted: fileRef('text/shouted', source), report: { sum: 1, mark: 'x'.repeat(70_000) } },
      'OUTPUT_TOO_LARGE',
    ],
  ])('refuses %s', async (_name, output, code) => {
    const skill = implementSkill(shout, () => Promise.resolve(output as never));
    await expect(runSkill(skill, settings)).rejects.toMatchObject({ code, retryable: false });
  });

  test('refuses a file that the skill did not write', async () => {
    const shouted = fileRef('text/shouted', bytes('made up'));
    const skill = implementSkill(shout, () => Promise.resolve({ shouted, report: { sum: 1, mark: '' } }));
    await expect(runSkill(skill, settings)).rejects.toThrow(
      'shout returned shouted, a file that it did not write',
    );
  });

  test('removes its folder, also when the skill throws', async () => {
    const seen: string[] = [];
    const skill = implementSkill(shout, ctx => {
      seen.push(ctx.tmp);
      throw new Error('broken');
    });
    await expect(runSkill(skill, settings)).rejects.toThrow('broken');
    expect(seen.map(existsSync)).toEqual([false]);
  });

  test('rejects with the reason of its signal', async () => {
    const controller = new AbortController();
    const skill = implementSkill(shout, ctx => {
      controller.abort(new Error('enough'));
      return ctx.thread(new URL('./fixtures/count.thread.js', import.meta.url), { forever: true });
    });
    await expect(runSkill(skill, { ...settings, signal: controller.signal })).rejects.toThrow('enough');
  });
});

describe('runSkillTwice', () => {
  test('gives the first run when both are the same', async () => {
    const { output, files } = await runSkillTwice(shouting, settings);
    expect(files.text(output.shouted)).toBe('HEY HEY !');
  });

  test('refuses a skill whose bytes differ', async () => {
    let runs = 0;
    const skill = implementSkill(shout, async ctx => {
      runs += 1;
      const shouted = await ctx.write('text/shouted', bytes(`run ${runs}`), { filename: 'x.txt' });
      return { shouted, report: { sum: 1, mark: '' } };
    });
    await expect(runSkillTwice(skill, settings)).rejects.toThrow('shout gave two results for the same input');
  });
});

describe('createTestSkillContext', () => {
  test('a file can be read as bytes, as a path that is read-only, and as what a stream wrote', async () => {
    const { context, files, dispose } = await createTestSkillContext(shout, settings);
    const given = context.input.source;
    expect(new TextDecoder().decode(await context.read(given))).toBe('hey ');
    const path = await context.path(given);
    expect(await context.path(given)).toBe(path);
    expect((await stat(path)).mode & 0o222).toBe(0);
    async function* stream() {
      yield bytes('a');
      yield bytes('b');
    }
    const written = await context.write('text/plain', stream(), { filename: 'ab', metadata: { n: 2 } });
    expect(written).toEqual(fileRef('text/plain', bytes('ab'), { filename: 'ab', metadata: { n: 2 } }));
    expect(files.text(written)).toBe('ab');
    await dispose();
    expect(existsSync(path)).toBe(false);
  });

  test('the seed is the same for the same input, and may be set', async () => {
    const seedOf = async (more: object) => {
      const { context, dispose } = await createTestSkillContext(shout, { ...settings, ...more });
      await dispose();
      return context.seed;
    };
    const seed = await seedOf({});
    expect(await seedOf({})).toBe(seed);
    expect(await seedOf({ input: { ...settings.input, times: 3 } })).not.toBe(seed);
    expect(await seedOf({ seed: 5 })).toBe(5);
  });

  test('a progress outside 0..1 is an error', async () => {
    const { context, dispose } = await createTestSkillContext(shout, settings);
    expect(() => context.progress(1.5)).toThrow('shout reports a progress of 1.5; it is 0..1');
    expect(() => context.progress(Number.NaN)).toThrow(RangeError);
    await dispose();
  });
});

describe('resources', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'cairn-resources-'));
    await writeFile(join(root, 'note.txt'), 'hello');
    await writeFile(join(root, 'page.ts'), 'const word: string = "from the bundle"; console.log(word);');
    await writeFile(join(root, 'quiet.json'), '{"mark": "."}');
  });
  afterAll(() => rm(root, { recursive: true }));

  const reader = defineSkill({
    id: 'reader',
    version: '1.0.0',
    title: 'Read',
    input: Type.Object({ look: Type.Object({ theme: Type.String() }) }),
    output: Type.Object({}),
    resources: {
      note: resource.text('note.txt'),
      page: resource.bundle('page.ts'),
      style: resource.json('{look.theme}.json', Type.Object({ mark: Type.String() })),
    },
  });
  const input = { look: { theme: 'quiet' } };

  test('are read below a root, their paths filled from the input', async () => {
    const { context, dispose } = await createTestSkillContext(reader, { input, resourceRoot: root });
    await dispose();
    expect(context.resources.note).toBe('hello');
    expect(context.resources.style).toEqual({ mark: '.' });
    expect(context.resources.page).toMatch(/^\(\(\)=>\{.*from the bundle.*\}\)\(\);\n$/);
  });

  test('a value that its schema refuses is refused', async () => {
    const wrong = createTestSkillContext(reader, {
      input,
      resourceRoot: root,
      resources: { style: { mark: 1 } },
    });
    await expect(wrong).rejects.toThrow('The resource style');
  });

  test('one that is not given is named', async () => {
    await expect(createTestSkillContext(reader, { input })).rejects.toThrow('give resources.note');
  });
});

describe('ports', () => {
  const singer = defineSkill({
    id: 'singer',
    version: '1.0.0',
    title: 'Sing',
    input: Type.Object({}),
    output: Type.Object({ size: Type.Integer() }),
    uses: ['audio'],
  });
  const singing = implementSkill(singer, async ({ audio, seed }) => {
    const { data } = await audio.effect({ style: {}, name: 'ding', format: 'wav', volume: 1, seed });
    return { size: data.length };
  });
  const made = {
    data: bytes('ding'),
    metadata: { providerId: 'x', durationSec: 1, format: 'wav', sampleRate: 44100, channels: 2 } as const,
  };
  const port = { music: () => Promise.resolve(made), effect: () => Promise.resolve(made) };

  test('come from an adapter or from the test', async () => {
    const adapter: Adapter = { port: 'audio', id: 'x', module: import.meta.url, create: () => port };
    expect((await runSkill(singing, { input: {}, adapters: [adapter] })).output).toEqual({ size: 4 });
    expect((await runSkill(singing, { input: {}, ports: { audio: port } })).output).toEqual({ size: 4 });
  });

  test('one that is not given is named', async () => {
    await expect(runSkill(singing, { input: {} })).rejects.toThrow('singer uses the port audio');
  });
});
