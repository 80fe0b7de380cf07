import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CairnApiError, type Run } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { inconsistencies } from '../support/records.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

// Real: API, worker, Temporal, PostgreSQL, the file store.
let cairn: Cairn;
beforeAll(async () => {
  cairn = await startCairn({ catalog: 'uploads' });
}, 90_000);
afterAll(() => cairn?.stop());

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const bring = async (text: string, filename = 'logo.txt') =>
  (await cairn.client.uploadArtifact(bytesOf(text), { type: 'image/logo', filename })).id;
async function run(trigger: unknown): Promise<{ ended: Run; executed: readonly string[] }> {
  const before = cairn.executions().length;
  const { run: started } = await cairn.client.startRun({ workflow: 'toy.logo', trigger });
  const ended = await cairn.client.waitForRun(started.id, { deadlineMs: 30_000 });
  return { ended, executed: cairn.executions().slice(before) };
}
const pageOf = async (ended: Run) => {
  const { stream } = await cairn.client.download(stepOf(ended, 'page').outputArtifactIds.at(-1)!);
  return new Response(stream).text();
};
const files = async (ended: Run) =>
  (await cairn.client.listRunArtifacts(ended.id)).items.filter(({ stepId }) => stepId === undefined);

test("the schema of a workflow's trigger says that a file is named by the id of an artifact", async () => {
  const { triggerSchema } = await cairn.client.getWorkflow('toy.logo');
  expect(triggerSchema).toMatchObject({
    required: ['logo'],
    properties: {
      logo: {
        'x-artifact': 'image/logo',
        properties: { artifactId: { type: 'string' } },
        required: ['artifactId'],
        additionalProperties: false,
      },
    },
  });
});

test('a step reads an uploaded file; the same bytes again are known, whatever id they have; others are not', async () => {
  const salt = randomBytes(4).toString('hex');
  const first = await run({ logo: { artifactId: await bring(`one ${salt}`) } });
  expect(first.ended.status).toBe('completed');
  expect(first.executed).toEqual(['reader our logo', 'page']);
  expect(await pageOf(first.ended)).toBe(`our logo: one ${salt}\n`);

  const same = await run({ logo: { artifactId: await bring(`one ${salt}`) } });
  expect(same.ended.steps.map(({ status, reason }) => [status, reason])).toEqual([
    ['skipped', 'cache_hit'],
    ['skipped', 'cache_hit'],
  ]);
  expect(same.executed).toEqual([]);
  expect(same.ended.trigger).toEqual(first.ended.trigger);

  const other = await run({ logo: { artifactId: await bring(`two ${salt}`) } });
  expect(other.executed).toEqual(['reader our logo', 'page']);
  expect(await pageOf(other.ended)).toBe(`our logo: two ${salt}\n`);
  // The name is part of what a skill sees of a file.
  const renamed = await run({ logo: { artifactId: await bring(`one ${salt}`, 'other.txt') } });
  expect(renamed.executed).toEqual(['reader our logo']);
});

test("a run keeps its trigger's file when the upload is deleted, and another run can name it", async () => {
  const upload = await bring('kept');
  const { ended } = await run({ logo: { artifactId: upload }, caption: 'first' });
  await cairn.client.deleteArtifact(upload);
  const refusal = await run({ logo: { artifactId: upload } }).catch(
    (error: unknown) => error as CairnApiError,
  );
  expect(refusal).toMatchObject({
    code: 'VALIDATION_ERROR',
    errors: [{ path: '/logo/artifactId', code: 'ARTIFACT_UNKNOWN' }],
  });

  const [own] = await files(ended);
  expect(own).toMatchObject({
    runId: ended.id,
    name: 'logo',
    skillId: 'upload',
    type: 'image/logo',
    sizeBytes: 4,
  });
  const again = await run({ logo: { artifactId: own!.id }, caption: 'second' });
  expect([again.ended.status, await pageOf(again.ended)]).toEqual(['completed', 'second: kept\n']);
  expect(await inconsistencies(cairn)).toEqual([]);
});

test('what is evicted is executed again', async () => {
  const trigger = { logo: { artifactId: await bring('evicted') }, caption: 'evicted' };
  await run(trigger);
  const { items } = await cairn.client.listCacheEntries({ skillId: 'reader', limit: 1 });
  const { evicted, entries } = await cairn.client.evictCacheEntries({ cacheKeys: [items[0]!.cacheKey] });
  expect([evicted, entries[0]!.stepId, entries[0]!.workflowName]).toEqual([1, 'read', 'toy.logo']);
  expect((await run(trigger)).executed).toEqual(['reader evicted']);
});

test('a worker says what it serves, and says it again when the records were lost', async () => {
  const builds = async () =>
    (await cairn.client.listSkills()).map(({ id, builds }) => [id, ...builds.map(({ live }) => live)]);
  await waitUntil('the worker is registered', async () =>
    (await builds()).every(([, live]) => live === true),
  );
  const [{ builds: [before] = [] } = {}] = await cairn.client.listSkills();
  expect(before).toMatchObject({
    version: '1.0.0',
    build: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
  await cairn.worker.end();
  await cairn.dataSource.query('TRUNCATE "worker_skill"');
  await cairn.worker.start();
  await waitUntil('the same build is registered again', async () => {
    const [{ builds: [now] = [] } = {}] = await cairn.client.listSkills();
    return now?.build === before!.build && now.fingerprint === before!.fingerprint;
  });
});
