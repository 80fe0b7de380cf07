import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHolder, tryLock } from './owner-lock.js';
import { scratchFolder } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchFolder>;
beforeEach(() => {
  scratch = scratchFolder();
});
afterEach(() => scratch.remove());

describe('an owner lock', () => {
  test('is held by one until released', () => {
    const first = tryLock(scratch.folder);
    expect(tryLock(scratch.folder)).toEqual({ holder: { pid: process.pid } });
    if ('lock' in first) first.lock.release();
    expect(lockHolder(scratch.folder)).toBe(undefined);
    expect(tryLock(scratch.folder)).toHaveProperty('lock');
    expect(readdirSync(scratch.folder)).toEqual(['2']);
  });

  test('of a process that is gone is free, even if the process id is in use again', () => {
    const { pid } = spawnSync('true');
    writeFileSync(join(scratch.folder, '7'), JSON.stringify({ pid, identity: 'gone' }));
    expect(lockHolder(scratch.folder)).toBe(undefined);
    writeFileSync(
      join(scratch.folder, '8'),
      JSON.stringify({ pid: process.pid, identity: 'an earlier process' }),
    );
    expect(tryLock(scratch.folder)).toHaveProperty('lock');
    expect(lockHolder(scratch.folder)).toEqual({ pid: process.pid });
    expect(readdirSync(scratch.folder)).toEqual(['9']);
  });
});
