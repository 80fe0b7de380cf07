import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { DurableFolders } from './durable-folders.js';

const top = await mkdtemp(join(tmpdir(), 'cairn-durable-'));
afterAll(() => rm(top, { recursive: true }));

let root: string;
let synced: string[];
let folders: DurableFolders;
beforeEach(async () => {
  root = join(await mkdtemp(join(top, 'case-')), 'store');
  synced = [];
  folders = new DurableFolders(root, async folder => void synced.push(folder));
});

async function move(...names: readonly string[]): Promise<readonly string[]> {
  synced = [];
  const into = join(root, ...names);
  await writeFile(join(top, 'from'), 'bytes');
  await folders.move([{ from: join(top, 'from'), to: join(into, 'to') }], into);
  expect(await readFile(join(into, 'to'), 'utf8')).toBe('bytes');
  return synced.sort();
}

/** A folder and all above it, as they are sorted. */
function upFrom(folder: string): string[] {
  return folder === dirname(folder) ? [folder] : [...upFrom(dirname(folder)), folder];
}

test('the first file syncs every folder up to the top, another only its own', async () => {
  expect(await move('a', 'b')).toEqual(upFrom(join(root, 'a', 'b')));
  expect(await move('a', 'b')).toEqual([join(root, 'a', 'b')]);
});

test('a new folder is synced into its parent', async () => {
  await move('a', 'b');
  expect(await move('a', 'c')).toEqual([join(root, 'a'), join(root, 'a', 'c')]);
});

test('a folder that another process has made is synced into its parent too', async () => {
  await move('a', 'b');
  await mkdir(join(root, 'd', 'e'), { recursive: true });
  expect(await move('d', 'e')).toEqual([root, join(root, 'd'), join(root, 'd', 'e')]);
});

test('after folders were removed, all are synced again', async () => {
  await move('a', 'b');
  await rm(root, { recursive: true });
  expect(await move('a', 'b')).toEqual(upFrom(join(root, 'a', 'b')));
  await rm(root, { recursive: true });
  expect(await move('a', 'c')).toEqual(upFrom(join(root, 'a', 'c')).slice(upFrom(root).length - 2));
});

test('what is above the root may belong to others; what is in it may not', async () => {
  const denied = Object.assign(new Error('denied'), { code: 'EACCES' });
  const refuse = (refused: string) =>
    new DurableFolders(root, folder => (folder === refused ? Promise.reject(denied) : Promise.resolve()));
  folders = refuse(dirname(root));
  await move('a');
  folders = refuse(root);
  await expect(move('a')).rejects.toBe(denied);
});

test('a sync that failed is done again', async () => {
  let fails = true;
  folders = new DurableFolders(root, async folder => {
    if (fails && folder === root) throw new Error('not now');
    synced.push(folder);
  });
  await expect(move('a')).rejects.toThrow('not now');
  fails = false;
  expect(await move('a')).toEqual([root, join(root, 'a')]);
});
