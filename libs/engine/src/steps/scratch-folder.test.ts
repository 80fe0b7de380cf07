import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ScratchFolder, sweepScratchFolders } from './scratch-folder.js';

test('is there from when it is asked for until it is removed', async () => {
  const scratch = new ScratchFolder();
  await scratch.remove();
  const { path } = scratch;
  expect(existsSync(path)).toBe(true);
  expect(scratch.path).toBe(path);
  writeFileSync(join(path, 'draft'), 'x');
  await scratch.remove();
  expect(existsSync(path)).toBe(false);
});

test('what a killed process has left is swept, what a living one uses is not', async () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const folder = (pid: number) => join(tmpdir(), `cairn-step-${pid}-test`);
  mkdirSync(folder(dead));
  mkdirSync(folder(process.ppid));
  try {
    expect(await sweepScratchFolders()).toBeGreaterThanOrEqual(1);
    expect([existsSync(folder(dead)), existsSync(folder(process.ppid))]).toEqual([false, true]);
  } finally {
    spawnSync('rm', ['-r', folder(process.ppid)]);
  }
});
