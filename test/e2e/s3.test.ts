import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Artifact, Run } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { startBucket, type BucketServer } from '../support/cluster/bucket.js';
import { inconsistencies } from '../support/records.js';

// An API and a worker whose artifacts are in S3. Real: the S3 server; its folder is where objects are damaged.
let folder: string;
let bucket: BucketServer;
let cairn: Cairn;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-e2e-s3-'));
  bucket = await startBucket(folder, 7070, line => void process.stderr.write(`${line}\n`));
  cairn = await startCairn({ env: { ...bucket.env, CAIRN_COLLECT_EVERY: '0' } });
}, 300_000);
afterEach(async () => expect(await inconsistencies({ ...cairn, stored: bucket.stored })).toEqual([]));
afterAll(async () => {
  await cairn?.stop();
  await bucket?.process.stop();
  await rm(folder, { recursive: true });
});

async function runOf(name: string): Promise<Run> {
  cairn.release(name);
  const { run } = await cairn.client.startRun({ workflow: 'toy.reading', trigger: { name } });
  const ended = await cairn.client.waitForRun(run.id, { deadlineMs: 60_000 });
  expect(ended.status).toBe('completed');
  return ended;
}
async function pageOf(run: Run): Promise<Artifact> {
  for await (const artifact of cairn.client.runArtifacts(run.id))
    if (artifact.stepId === 'made' && artifact.name === 'page') return artifact;
  throw new Error('the run has no page');
}
const content = (artifact: Artifact, headers: Record<string, string> = {}) =>
  fetch(new URL(`/v1/artifacts/${artifact.id}/content`, cairn.url), { headers });
const hits = (run: Run) => run.steps.map(step => step.cacheHit);
const times = (label: string) => cairn.executions().filter(line => line === label).length;

async function flipFirstBit(artifact: Artifact): Promise<void> {
  const file = await open(bucket.stored.fileOf(artifact.uri), 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 0);
  buffer[0]! ^= 1;
  await file.write(buffer, 0, 1, 0);
  // Within one second S3's time of the last write would be the same.
  await file.utimes(new Date(), new Date(Date.now() - 60_000));
  await file.close();
}

test('a run stores in S3, its bytes are given whole and in parts, and the next one finds them', async () => {
  const first = await runOf('in the bucket');
  expect(hits(first)).not.toContain(true);
  const made = await pageOf(first);
  expect(made.uri).toBe(bucket.stored.store.uri('local', made.contentHash));
  expect(await (await content(made)).text()).toBe('made for in the bucket\n');
  const part = await content(made, { Range: 'bytes=5-7' });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    'bytes 5-7/23',
    'for',
  ]);
  expect(new Set(hits(await runOf('in the bucket')))).toEqual(new Set([true]));
}, 60_000);

test('an object that was damaged is neither given nor used, and the next run puts it right', async () => {
  const made = await pageOf(await runOf('damaged'));
  await flipFirstBit(made);
  const answer = await content(made, { Range: 'bytes=1-3' });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
    500,
    'ARTIFACT_CORRUPT',
  ]);
  const before = times('made');
  await runOf('damaged');
  expect(times('made')).toBe(before + 1);
  expect(await (await content(made)).text()).toBe('made for damaged\n');
}, 60_000);

test('S3 falls away while a run goes on: its steps wait, and no run fails for it', async () => {
  const { run } = await cairn.client.startRun({ workflow: 'toy.reading', trigger: { name: 'outage' } });
  const { port } = bucket;
  await bucket.process.stop();
  cairn.release('outage');
  const refused = await fetch(new URL('/v1/artifacts?type=text/plain&filename=a.txt', cairn.url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: 'an upload',
  });
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
    503,
    'STORE_UNAVAILABLE',
  ]);
  expect(await cairn.client.readiness()).toMatchObject({ status: 'degraded', store: 'unavailable' });
  bucket = await startBucket(folder, port, () => undefined);
  expect(await cairn.client.waitForRun(run.id, { deadlineMs: 60_000 })).toMatchObject({
    status: 'completed',
  });
}, 90_000);
