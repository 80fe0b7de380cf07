import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startChild } from '../testing/child.js';
import { inPieces, listed, readBlob } from '../testing/blobs.js';
import { startTestS3 } from '../testing/s3.js';
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.js';

// Servers that are away, slow or break off, and processes that are killed. Real: the S3 server, the network, processes.
const s3 = await startTestS3();
let proxy: TcpProxy;
beforeAll(async () => void (proxy = await startTcpProxy(s3.server.port)));
afterAll(async () => {
  await proxy.close();
  await s3.stop();
});
const MiB = 2 ** 20;
const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', retryable: true };
const patience = { connectionTimeout: 300, requestTimeout: 1_000, socketTimeout: 500 };
const through = (prefix: string, waits = patience) =>
  s3.open(prefix, { endpoint: proxy.url, patience: waits });

describe('cannot be used', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  test.each([
    ['nobody listens', { endpoint: 'http://127.0.0.1:9' }],
    ['the bucket is not there', { bucket: 'another-bucket' }],
  ])('%s: no blob is called missing', async (_why, settings) => {
    const store = s3.open('away', settings);
    await expect(store.stat('local', digest)).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.open('local', digest)).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.verify('local', digest)).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.localPath('local', digest)).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.remove('local', digest)).rejects.toMatchObject(UNAVAILABLE);
    await expect(listed(store, 'local')).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.put('local', Buffer.from('x'))).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.sweepIncoming(0)).rejects.toMatchObject(UNAVAILABLE);
  });

  test('the key is wrong: the message says so, without it', async () => {
    const child = startChild(
      `const store = await openStore(${JSON.stringify({ kind: 's3', ...s3.place, prefix: '' })});
       const answer = error => ({ code: error.code, message: error.message });
       console.log(JSON.stringify(await store.put('local', Buffer.from('x')).catch(answer)));`,
      [],
      { env: { ...s3.server.env, AWS_SECRET_ACCESS_KEY: 'not-the-secret' } },
    );
    const { code, message } = JSON.parse(await child.line()) as { code: string; message: string };
    expect([code, message.includes('403'), message.includes('not-the-secret')]).toEqual([
      'STORE_UNAVAILABLE',
      true,
      false,
    ]);
    await child.ended;
  });

  test('it falls silent: given up in time', async () => {
    const store = through('silent', { connectionTimeout: 300, requestTimeout: 400, socketTimeout: 250 });
    const direct = s3.open('silent');
    const { digest: id } = await direct.put('local', randomBytes(3 * MiB));
    proxy.disturb('stall');
    const began = performance.now();
    await expect(store.stat('local', id)).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.put('local', randomBytes(10))).rejects.toMatchObject(UNAVAILABLE);
    // In the middle of a body.
    proxy.disturb('stall', 200_000);
    await expect(readBlob(store, 'local', id)).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.verify('local', id)).rejects.toMatchObject(UNAVAILABLE);
    expect(performance.now() - began).toBeLessThan(20_000);
    proxy.disturb('pass');
    expect(await direct.verify('local', id)).toBe((await direct.stat('local', id))?.stamp);
  });
});

test('an answer that breaks off is asked for again', async () => {
  const store = through('broken');
  const bytes = randomBytes(5 * MiB);
  const { digest } = await store.put('local', bytes);
  const before = proxy.disturbed;
  for (const read of [
    () => readBlob(store, 'local', digest),
    () => store.verify('local', digest),
    () => store.localPath('local', digest),
  ]) {
    proxy.disturb('cut', 300_000, 1);
    await read();
  }
  expect(proxy.disturbed - before).toBe(3);
  proxy.disturb('pass');
});

test('what breaks while it is sent leaves nothing that is seen', async () => {
  const store = through('unsent');
  const announced: string[] = [];
  const announce = async ({ digest }: { digest: string }) => {
    announced.push(digest);
    proxy.disturb('cut');
  };
  await expect(store.put('local', inPieces(randomBytes(20 * MiB), MiB), { announce })).rejects.toMatchObject(
    UNAVAILABLE,
  );
  proxy.disturb('pass');
  expect(await store.stat('local', announced[0]!)).toBeUndefined();
  expect(await listed(store, 'local')).toEqual([]);
});

/** Puts 40 MiB; says `sending` once the first bytes are on their way, and does not end. */
const SENDING = `
  const store = await openStore(JSON.parse(args[0]));
  async function* source() {
    for (let i = 0; i < 40; i += 1) yield Buffer.alloc(1 << 20, String(i));
  }
  const announce = async () => { setInterval(() => console.log('sending'), 5); };
  await store.put('local', source(), { announce });
  console.log('sent');`;

test('what a killed process was sending is swept when it is old, and not while it is young', async () => {
  const store = s3.open('killed');
  // So slowly that it is killed in between: each request waits for its answer.
  const slow = { ...s3.place, kind: 's3', prefix: 'killed', endpoint: proxy.url };
  const child = startChild(SENDING, [JSON.stringify(slow)], { env: s3.server.env });
  await child.line();
  proxy.disturb('stall', 600);
  // What it has here, the list of chunks, and the upload. (Real time: nobody tells when a request has come.)
  const deadline = Date.now() + 20_000;
  while ((await store.sweepIncoming(0, { dryRun: true })).files < 3)
    if (Date.now() > deadline) throw new Error('it does not send');
  child.process.kill('SIGKILL');
  await child.ended;
  proxy.disturb('pass');
  const spooled = { files: 1, bytes: 40 * MiB };
  // What the dead process had on this machine goes at once; what is in S3 may be somebody's who is still at it.
  expect(await store.sweepIncoming(3_600_000)).toEqual(spooled);
  const { files, bytes } = await store.sweepIncoming(0);
  // The upload, with what has come of it, and the list of chunks whose blob never came.
  expect(files).toBe(2);
  expect(bytes).toBeGreaterThan(2_600);
  expect(await store.sweepIncoming(0)).toEqual({ files: 0, bytes: 0 });
  expect(await listed(store, 'local')).toEqual([]);
}, 60_000);

/** Puts and reads so many MiB that are made as they are asked for; says by how many MiB the process has grown. */
const GROWTH = `
  const count = Number(args[1]);
  const store = await openStore(JSON.parse(args[0]));
  async function* source(count) {
    for (let i = 0; i < count; i += 1) yield Buffer.alloc(1 << 20, String(i));
  }
  const pass = async count => {
    const { digest } = await store.put('local', source(count));
    let size = 0;
    for await (const piece of await store.open('local', digest)) size += piece.length;
    await store.verify('local', digest);
    return size;
  };
  await pass(24);
  const before = process.resourceUsage().maxRSS;
  const size = await pass(count);
  console.log(JSON.stringify({ size, grown: (process.resourceUsage().maxRSS - before) / 1024 }));
  process.exit();`;

test('memory does not grow with size', async () => {
  const place = JSON.stringify({ ...s3.place, kind: 's3', prefix: 'growth' });
  const child = startChild(GROWTH, [place, '96'], { env: s3.server.env });
  const { size, grown } = JSON.parse(await child.line()) as { size: number; grown: number };
  await child.ended;
  expect(size).toBe(96 * MiB);
  expect(grown).toBeLessThan(64);
}, 60_000);
