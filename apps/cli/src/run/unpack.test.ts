import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { unpack } from './unpack.js';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'cairn unpack ö '));
});
afterEach(() => rm(parent, { recursive: true }));

const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));

const MANIFEST = { 'manifest.json': JSON.stringify({ manifest_version: '1.0.0', campaign_id: 'neon' }) };

describe('unpacking a campaign', () => {
  test('puts the files into a folder of its name, and nothing else beside it', async () => {
    const folder = await unpack(zip({ 'index.html': 'one', 'videos/a b.mp4': 'two' }), parent, 'neon');
    expect(folder).toBe(join(parent, 'neon'));
    expect(await readFile(join(folder, 'videos', 'a b.mp4'), 'utf8')).toBe('two');
    expect(await readdir(parent)).toEqual(['neon']);
  });

  test('replaces what an earlier build left, files that are no more included', async () => {
    await unpack(zip({ 'index.html': 'old', 'gone.txt': '', ...MANIFEST }), parent, 'neon');
    await unpack(zip({ 'index.html': 'new' }), parent, 'neon');
    expect(await readdir(join(parent, 'neon'))).toEqual(['index.html']);
    expect(await readFile(join(parent, 'neon', 'index.html'), 'utf8')).toBe('new');
    expect(await readdir(parent)).toEqual(['neon']);
  });

  test('two builds at once leave one whole campaign', async () => {
    const builds = ['a', 'b', 'c'].map(text =>
      unpack(zip({ 'one.txt': text, 'two.txt': text, ...MANIFEST }), parent, 'neon'),
    );
    await Promise.all(builds);
    const [one, two] = await Promise.all(
      ['one.txt', 'two.txt'].map(name => readFile(join(parent, 'neon', name), 'utf8')),
    );
    expect(one).toBe(two);
    expect(await readdir(parent)).toEqual(['neon']);
  });

  test.each([
    '../evil.txt',
    'a/../../evil.txt',
    '/etc/evil',
    'a\\..\\evil',
    'C:evil',
    'a//b',
    './a',
    'a\u0000b',
  ])('an archive that names %j is refused whole', async name => {
    const refused = unpack(zip({ 'index.html': 'fine', [name]: 'evil' }), parent, 'neon');
    await expect(refused).rejects.toThrow('outside its folder');
    expect(await readdir(parent)).toEqual([]);
  });

  test('a damaged archive leaves the earlier build as it was', async () => {
    await unpack(zip({ 'index.html': 'old', ...MANIFEST }), parent, 'neon');
    const damaged = zip({ 'index.html': 'new' }).subarray(0, 40);
    await expect(unpack(damaged, parent, 'neon')).rejects.toThrow('The package cannot be unpacked');
    expect(await readFile(join(parent, 'neon', 'index.html'), 'utf8')).toBe('old');
  });

  test('an archive that cannot take its place leaves the earlier build as it was', async () => {
    await unpack(zip({ 'index.html': 'old', ...MANIFEST }), parent, 'neon');
    await expect(unpack(zip({}), parent, 'neon')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(join(parent, 'neon', 'index.html'), 'utf8')).toBe('old');
    expect(await readdir(parent)).toEqual(['neon']);
  });

  test.each<[string, Record<string, string>]>([
    ["somebody's work", { 'work.ts': 'mine' }],
    ['a manifest of something else', { 'manifest.json': '{"name":"neon"}' }],
    ['another campaign', { 'manifest.json': '{"manifest_version":"1.0.0","campaign_id":"other"}' }],
    ['no JSON', { 'manifest.json': '{' }],
  ])('a folder with %s is left as it is', async (_what, files) => {
    const folder = join(parent, 'neon');
    await mkdir(folder);
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const refused = unpack(zip({ 'index.html': 'new', ...MANIFEST }), parent, 'neon');
    await expect(refused).rejects.toThrow(`${folder} is not the campaign neon`);
    expect(await readdir(folder)).toEqual(Object.keys(files));
    expect(await readdir(parent)).toEqual(['neon']);
  });

  test('an empty folder is used, a file is not', async () => {
    await mkdir(join(parent, 'neon'));
    await unpack(zip({ 'index.html': 'new' }), parent, 'neon');
    expect(await readdir(join(parent, 'neon'))).toEqual(['index.html']);
    await writeFile(join(parent, 'file'), 'mine');
    await expect(unpack(zip({ 'index.html': 'new' }), parent, 'file')).rejects.toThrow(
      'is not the campaign file',
    );
    expect(await readFile(join(parent, 'file'), 'utf8')).toBe('mine');
  });

  test.each(['..', 'a/b', ''])('the folder is never named %j', async name => {
    await expect(unpack(zip({ a: '' }), parent, name)).rejects.toThrow('is not a name for a folder');
  });
});
