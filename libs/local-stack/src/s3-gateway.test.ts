import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findS3Gateway, startS3 } from './s3-gateway.js';
import { scratchFolder } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchFolder>;
beforeEach(() => void (scratch = scratchFolder()));
afterEach(() => scratch.remove());

test('the S3 gateway cannot be had without Go: one line says what to do', async () => {
  const env = { PATH: scratch.folder, HOME: scratch.folder };
  await expect(findS3Gateway({ log: () => undefined, env })).rejects.toMatchObject({
    code: 'S3_UNAVAILABLE',
    message: 'No S3 gateway (Go is not on the PATH): install Go ≥ 1.24',
  });
});

test('a gateway serves what is in its folder to those who have its key, here only, until it is stopped', async () => {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const s3 = await startS3({ home: scratch.folder, buckets: ['games'], log });
  try {
    expect(s3.endpoint).toBe(`http://127.0.0.1:${s3.port}`);
    writeFileSync(s3.fileOf('games', 'a.txt'), 'there');
    expect(existsSync(s3.fileOf('games', 'a.txt'))).toBe(true);
    expect((await fetch(`${s3.endpoint}/games/a.txt`)).status).toBe(403);
    // Where its port is wished for too, another one is given.
    const another = await startS3({
      home: join(scratch.folder, '2'),
      buckets: [],
      preferredPorts: [s3.port],
      log,
    });
    expect(another.port).not.toBe(s3.port);
    await another.process.stop();
  } finally {
    await s3.process.stop();
  }
  await expect(fetch(s3.endpoint)).rejects.toThrow('fetch failed');
}, 300_000);
