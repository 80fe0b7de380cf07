import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { sha256 } from '@cairn/canonical';
import { checkFile, WholeFiles } from './whole-files.js';

const folder = await mkdtemp(join(tmpdir(), 'cairn-whole-'));
afterAll(() => rm(folder, { recursive: true }));

const path = join(folder, 'video.mp4');
const digest = sha256('frames');
let readings: number;
let whole: WholeFiles;
beforeEach(async () => {
  await writeFile(path, 'frames');
  readings = 0;
  whole = new WholeFiles((file, expected) => {
    readings += 1;
    return checkFile(file, expected);
  });
});

test('a file is read once, however often it is asked for', async () => {
  await Promise.all(Array.from({ length: 10 }, () => whole.ensure(path, digest)));
  for (let i = 0; i < 10; i += 1) await whole.ensure(path, digest);
  expect(readings).toBe(1);
});

test('a file that was replaced is read again', async () => {
  await whole.ensure(path, digest);
  await rm(path);
  await writeFile(path, 'framed');
  await expect(whole.ensure(path, digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
  await expect(whole.ensure(path, digest)).rejects.toMatchObject({ code: 'ARTIFACT_LOST' });
  expect(readings).toBe(3);
});
