import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
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

describe('unpacking a campaign', () => {
  test('puts the files into a folder of its name, and nothing else beside it', async () => {
    const folder = await unpack(zip({ 'index.html': 'one', 'videos/a b.mp4': 'two' }), parent, 'neon');
    expect(folder).toBe(join(parent, 'neon'));
    expect(await readFile(join(folder, 'videos', 'a b.mp4'), 'utf8')).toBe('two');
    expect(await readdir(parent)).toEqual(['neon']);
  });

  test('replaces what an earlier build left, files that are no more included', async () => {
    await unpack(zip({ 'index.html': 'old', 'gone.txt': '' }), parent, 'neon');
    await unpack(zip({ 'index.html': 'new' }), parent, 'neon');
    expect(await readdir(join(parent, 'neon'))).toEqual(['index.html']);
    expect(await readFile(join(parent, 'neon', 'index.html'), 'utf8')).toBe('new');
    expect(await readdir(parent)).toEqual(['neon']);
  });

  test('two builds at once leave one whole campaign', async () => {
    const builds = ['a', 'b', 'c'].map(text =>
      unpack(zip({ 'one.txt': text, 'two.txt': text }), parent, 'neon'),
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
    await unpack(zip({ 'index.html': 'old' }), parent, 'neon');
    const damaged = zip({ 'index.html': 'new' }).subarray(0, 40);
    await expect(unpack(damaged, parent, 'neon')).rejects.toThrow('The package cannot be unpacked');
    expect(await readFile(join(parent, 'neon', 'index.html'), 'utf8')).toBe('old');
  });

  test.each(['..', 'a/b', ''])('the folder is never named %j', async name => {
    await expect(unpack(zip({ a: '' }), parent, name)).rejects.toThrow('is not a name for a folder');
  });
});
