import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Type, defineSkill, file, type FileRef } from '@cairn/skill-kit';
import { TestFiles } from '@cairn/skill-kit/testing';
import { aShell } from '../testing/a-shell.js';
import { readSkillInput } from './read-skill-input.js';
import { runSkillCommand, type RunSkillOptions } from './run-command.js';
import { writeOutputs } from './write-outputs.js';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-skills-run-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
/** `cairn`, typed in the folder, without a catalog of its own. */
function cairn(...args: string[]): Promise<Ended> {
  const { CAIRN_CATALOG: _own, INIT_CWD: _typed, ...env } = process.env;
  return new Promise(resolve => {
    execFile(process.execPath, [MAIN, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}
function put(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}
const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('cairn skills run', () => {
  const music = {
    theme: 'paper_carnival',
    settings: { duration_sec: 5, format: 'wav' },
    bgm: { enabled: true, volume: 0.5, loop: false },
  };

  test('executes a skill of the catalog with real providers and resources', async () => {
    const input = put('music.json', music);
    const { exitCode, stdout, stderr } = await cairn(
      ...['skills', 'run', 'generate_bgm', '--input', input, '--out', 'made', '--json'],
    );
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('0 %  Composing 5 s of music')]);
    const said = JSON.parse(stdout) as { output: { track: FileRef }; files: { path: string }[] };
    const wav = readFileSync(join(folder, 'made/bgm.wav'));
    expect(said).toMatchObject({
      skill: 'generate_bgm',
      version: '1.0.0',
      output: { track: { type: 'audio/bgm', digest: sha256(wav), size: wav.length } },
      files: [{ name: 'track', digest: sha256(wav), size: wav.length }],
    });
    expect(said.files[0]?.path).toMatch(/made\/bgm\.wav$/);
    expect(wav.subarray(0, 4).toString()).toBe('RIFF');
  });

  test('says by JSON Pointer what of the input is refused, with exit code 2', async () => {
    const input = put('loud.json', { ...music, bgm: { ...music.bgm, volume: 2 } });
    const { exitCode, stdout, stderr } = await cairn(
      'skills',
      'run',
      'generate_bgm',
      '--input',
      input,
      '--json',
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('/bgm/volume');
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'VALIDATION_ERROR',
        details: [expect.stringMatching(/^\/bgm\/volume {2}must be/)],
        exitCode: 2,
      },
    });
  });

  test.each<[string, string, Partial<RunSkillOptions>, number, RegExp]>([
    ['a skill that is not there', 'nowhere', {}, 3, /no skill nowhere/],
    ['a folder that is not there', './nowhere', {}, 3, /There is no package in .*nowhere/],
    [
      'an input that is not there',
      'generate_bgm',
      { input: 'none.json' },
      2,
      /There is no input file .*none\.json/,
    ],
    [
      'a catalog that is not there',
      'x',
      { catalog: 'none.json' },
      2,
      /none\.json: the catalog cannot be read/,
    ],
  ])('%s has an exit code of its own', async (_what, named, options, exitCode, message) => {
    const shell = { ...aShell(), env: { INIT_CWD: folder } };
    const running = runSkillCommand(named, { input: put('any.json', {}), ...options }, shell);
    await expect(running).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });
});

describe('the input', () => {
  const schema = Type.Object({
    music: file('audio/bgm'),
    videos: Type.Optional(Type.Array(file('video/*'))),
    note: Type.Optional(Type.Object({ file: Type.String() })),
  });
  const read = (input: unknown) => readSkillInput(join(folder, put('input.json', input)), schema, {});

  test('names files of this machine where the skill takes files, and nowhere else', async () => {
    put('a.mp3', 'la la');
    const { input, files } = await read({
      music: { file: 'a.mp3' },
      videos: [{ file: './a.mp3', type: 'video/intro', metadata: { width: 1 } }],
      note: { file: 'a.mp3' },
    });
    const digest = sha256(Buffer.from('la la'));
    expect(input).toEqual({
      music: { type: 'audio/bgm', digest, size: 5, filename: 'a.mp3' },
      videos: [{ type: 'video/intro', digest, size: 5, filename: 'a.mp3', metadata: { width: 1 } }],
      note: { file: 'a.mp3' },
    });
    expect(Object.values(files).map(bytes => Buffer.from(bytes).toString())).toEqual(['la la']);
  });

  test('says where it names one that is not there, or not which kind', async () => {
    await expect(read({ music: { file: 'none.mp3' } })).rejects.toThrow('/music names a file that cannot be');
    await expect(read({ videos: [{ file: 'a.mp3' }] })).rejects.toThrow('/videos/0 takes video/*: say which');
  });
});

test('files of one name keep apart, and none leaves the folder', async () => {
  const skill = defineSkill({
    id: 'pair',
    version: '1.0.0',
    title: 'Pair',
    input: Type.Object({}),
    output: Type.Object({ left: file('a/a'), right: file('a/a'), away: file('a/a') }),
  });
  const files = new TestFiles(folder);
  const write = (text: string, filename: string) => files.write('a/a', Buffer.from(text), { filename });
  const output = {
    left: await write('1', 'x.txt'),
    right: await write('2', 'x.txt'),
    away: await write('3', '../../x.txt'),
  };
  const out = join(folder, 'pairs');
  const written = await writeOutputs(skill, { output, files }, out);
  expect(written.map(({ path }) => path?.slice(out.length))).toEqual([
    '/x.txt',
    '/right-x.txt',
    '/.._.._x.txt',
  ]);
  expect(written.map(({ path }) => readFileSync(path!, 'utf8'))).toEqual(['1', '2', '3']);
  expect(await writeOutputs(skill, { output, files }, undefined)).toEqual(
    written.map(({ name, digest, size }) => ({ name, digest, size })),
  );
});
