import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFolder, type FolderServer } from './serve-folder.js';

let root: string;
let server: FolderServer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-serve-'));
  await mkdir(join(root, 'out', 'neon', 'videos'), { recursive: true });
  await mkdir(join(root, 'out', '.neon.half'));
  await writeFile(join(root, 'secret.txt'), 'secret');
  await writeFile(join(root, 'out', 'neon', 'index.html'), '<h1>Neon</h1>');
  await writeFile(join(root, 'out', 'neon', 'videos', 'intro.mp4'), '0123456789');
  await writeFile(join(root, 'out', '.neon.half', 'index.html'), 'half');
  server = await serveFolder(join(root, 'out'), '/neon/', 0);
});
afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true });
});

/** Asks with the path as it is: fetch would take the dots out of it. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status?: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const asked = request(server.url, { path, headers, method }, response => {
        let body = '';
        response.on('data', (part: Buffer) => (body += part.toString()));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
      asked.on('error', reject).end();
    },
  );
}

describe('campaigns over http', () => {
  test('the root leads to the campaign, and a folder to its page', async () => {
    expect((await ask('/')).headers.location).toBe('/neon/');
    expect((await ask('/neon')).headers.location).toBe('/neon/');
    const page = await ask('/neon/');
    expect([page.status, page.body, page.headers['content-type']]).toEqual([
      200,
      '<h1>Neon</h1>',
      'text/html; charset=utf-8',
    ]);
  });

  test('a campaign of any name can be led to', async () => {
    const other = await serveFolder(join(root, 'out'), '/ネオン 夜/', 0);
    const answer = await fetch(other.url, { redirect: 'manual' });
    await other.stop();
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `/${encodeURI('ネオン 夜')}/`]);
  });

  test('a part of a video can be asked for', async () => {
    const part = await ask('/neon/videos/intro.mp4', { Range: 'bytes=2-5' });
    expect([part.status, part.body, part.headers['content-range'], part.headers['content-type']]).toEqual([
      206,
      '2345',
      'bytes 2-5/10',
      'video/mp4',
    ]);
  });

  test('a browser asks again, and is told when nothing changed', async () => {
    const first = await ask('/neon/');
    expect(first.headers['cache-control']).toBe('no-cache');
    const again = await ask('/neon/', { 'If-None-Match': String(first.headers.etag) });
    expect([again.status, again.body]).toEqual([304, '']);
  });

  test.each([
    ['/../secret.txt', 403],
    ['/%2e%2e/secret.txt', 403],
    ['/neon/..%2f..%2fsecret.txt', 403],
    ['/.neon.half/index.html', 404],
    ['/absent/', 404],
    ['/%00', 400],
    ['/%', 400],
  ])('%s is refused with %d', async (path, status) => {
    const refused = await ask(path);
    expect([refused.status, refused.body]).toEqual([status, 'Not there.\n']);
  });

  test('another name for this machine gets nothing, and nothing can be sent', async () => {
    expect((await ask('/neon/', { Host: 'evil.example' })).status).toBe(421);
    expect((await ask('/neon/', {}, 'POST')).status).toBe(405);
  });

  test('a taken port is not insisted on', async () => {
    const port = Number(new URL(server.url).port);
    const second = await serveFolder(join(root, 'out'), '/neon/', port);
    expect(new URL(second.url).port).not.toBe(String(port));
    await second.stop();
  });
});
