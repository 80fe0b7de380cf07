import { writeFile, chmod } from 'node:fs/promises';
import { digestOf, sha256 } from '@cairn/canonical';
import { newId, type Run } from '@cairn/dao';
import { inputSchema } from '@cairn/dto';
import { defineWorkflow, type AnyWorkflow } from '@cairn/pipeline';
import { file, json, Type } from '@cairn/skill-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RunService } from '../runs/run-service.js';
import { echoSkill } from '../testing/fixtures/echo.skill.js';
import { silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { clientForm } from './file-form.js';
import { deleteUpload, storeUpload } from './upload.js';

const Trigger = Type.Object(
  {
    name: Type.String({ default: 'x' }),
    logo: Type.Optional(file('image/logo')),
    clips: Type.Optional(Type.Array(file('video/*'))),
    by_language: Type.Optional(Type.Record(Type.String(), file('text/terms'))),
    cover: Type.Optional(Type.Union([file('image/cover'), file('video/*'), Type.String()])),
    notes: Type.Optional(json('json/notes', Type.Object({ text: Type.String() }))),
  },
  { additionalProperties: false },
);
const workflow: AnyWorkflow = defineWorkflow(
  {
    name: 'toy.files',
    version: '1.0.0',
    trigger: Trigger,
    rules: ({ logo }) =>
      logo && logo.size > 100
        ? [{ path: '/logo', code: 'LOGO_TOO_LARGE', message: 'must have at most 100 bytes' }]
        : [],
  },
  (w, t) => ({ said: w.step('only', echoSkill, { text: t.name, times: 1 }).said }),
);

let it: TestEngine;
let runs: RunService;
beforeAll(async () => {
  it = await startTestEngine();
  runs = new RunService({
    dataSource: it.dataSource,
    store: it.engine.store,
    verifyAfterMs: it.engine.verifyAfterMs,
    catalog: { workflows: [workflow], skills: [], workflow: () => workflow },
    control: it.control,
    triggerServices: { resource: () => undefined },
    log: silent,
  });
});
afterAll(() => it.stop());
beforeEach(() => it.reset());

const bring = (text: string, { type = 'image/logo', filename = 'logo.png', tenantId = TENANT } = {}) =>
  storeUpload(it.engine, tenantId, {
    source: Buffer.from(text),
    type,
    filename,
    digests: [],
    maxBytes: 1_000,
  });
const start = (trigger: unknown, key?: string) =>
  runs.create(TENANT, { workflow: 'toy.files', trigger }, key);
const artifactsOf = async (run: Run) =>
  (await it.records.artifacts.listArtifactsOfRun(TENANT, run.id, { limit: 100 })).rows;
const refused = async (trigger: unknown, ...issues: [path: string, code: string][]) => {
  await expect(start(trigger)).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    issues: issues.map(([path, code]) => ({ path, code })),
  });
  expect([await it.count('run'), it.control.started.length]).toEqual([0, 0]);
};

describe('a trigger that names artifacts', () => {
  test('gets the files that steps get, wherever its schema has them', async () => {
    const [logo, clip, terms] = await Promise.all([
      bring('logo'),
      bring('clip', { type: 'video/intro', filename: 'clip.mp4' }),
      bring('terms', { type: 'text/terms', filename: 'terms.txt' }),
    ]);
    const ref = (artifactId: string) => ({ artifactId });
    const { run } = await start({
      logo: ref(logo.id),
      clips: [ref(clip.id), ref(clip.id)],
      by_language: { 'a/b': ref(terms.id) },
      cover: ref(clip.id),
      notes: { text: 'artifactId' },
    });
    const clipFile = { type: 'video/intro', digest: sha256('clip'), size: 4, filename: 'clip.mp4' };
    expect(run.trigger).toEqual({
      name: 'x',
      logo: { type: 'image/logo', digest: sha256('logo'), size: 4, filename: 'logo.png' },
      clips: [clipFile, clipFile],
      by_language: { 'a/b': { type: 'text/terms', digest: sha256('terms'), size: 5, filename: 'terms.txt' } },
      cover: clipFile,
      notes: { text: 'artifactId' },
    });
    expect(
      (await artifactsOf(run)).map(row => [row.name, row.stepId, row.skillId, row.contentHash]).sort(),
    ).toEqual([
      ['by_language.a/b', null, 'upload', sha256('terms')],
      ['clips.0', null, 'upload', sha256('clip')],
      ['clips.1', null, 'upload', sha256('clip')],
      ['cover', null, 'upload', sha256('clip')],
      ['logo', null, 'upload', sha256('logo')],
    ]);
  });

  test('keeps its file when the upload is deleted', async () => {
    const logo = await bring('kept');
    const { run } = await start({ logo: { artifactId: logo.id } });
    await deleteUpload(it.dataSource, TENANT, logo.id);
    const [own] = await artifactsOf(run);
    expect(own).toMatchObject({
      name: 'logo',
      contentHash: sha256('kept'),
      filename: 'logo.png',
      sizeBytes: 4,
    });
    // Its own can be named in turn, and cannot be deleted as an upload.
    const again = await start({ logo: { artifactId: own!.id } });
    expect(again.run.trigger).toEqual(run.trigger);
    await expect(deleteUpload(it.dataSource, TENANT, own!.id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('says what a skill said of its file', async () => {
    const { run } = await it.service.create(TENANT, { workflow: 'toy.echo', trigger: { text: 'made' } });
    const { digest, size } = await it.engine.store.put(TENANT, Buffer.from('made'), {
      announce: blob => it.records.blobs.announce(TENANT, blob, { forMs: 60_000 }),
    });
    const [id] = await it.records.artifacts.insertArtifacts([
      {
        runId: run.id,
        tenantId: TENANT,
        stepId: 'first',
        skillId: 'echo',
        name: 'said',
        type: 'image/logo',
        uri: it.engine.store.uri(TENANT, digest),
        contentHash: digest,
        sizeBytes: size,
        metadata: { width: 7 },
      },
    ]);
    const { run: next } = await start({ logo: { artifactId: id } });
    expect(next.trigger['logo']).toEqual({ type: 'image/logo', digest, size: 4, metadata: { width: 7 } });
    expect((await artifactsOf(next)).map(row => [row.skillId, row.metadata])).toEqual([
      ['echo', { width: 7 }],
    ]);
  });

  test('is told of what does not exist, is of another tenant, or of another type, all at once', async () => {
    const [logo, theirs] = await Promise.all([bring('logo'), bring('theirs', { tenantId: 'other' })]);
    await refused(
      {
        logo: { artifactId: theirs.id },
        clips: [{ artifactId: newId() }, { artifactId: logo.id }],
        by_language: { 'a/b~c': { artifactId: logo.id } },
      },
      ['/logo/artifactId', 'ARTIFACT_UNKNOWN'],
      ['/clips/0/artifactId', 'ARTIFACT_UNKNOWN'],
      ['/clips/1/artifactId', 'ARTIFACT_TYPE'],
      ['/by_language/a~1b~0c/artifactId', 'ARTIFACT_TYPE'],
    );
    expect(await it.count('artifact')).toBe(2);
  });

  test.each<[string, unknown, string[]]>([
    ['an id that is none', { artifactId: 'logo' }, ['/logo/artifactId']],
    ['no id', {}, ['/logo/artifactId']],
    ['text', 'logo', ['/logo']],
    [
      'a file of its own making',
      { type: 'image/logo', digest: digestOf(1), size: 1 },
      ['/logo/artifactId', '/logo/type', '/logo/digest', '/logo/size'],
    ],
    ['more than an id', { artifactId: newId(), type: 'image/logo' }, ['/logo/type']],
  ])('is refused for %s', async (_what, logo, paths) => {
    await refused({ logo }, ...paths.map((path): [string, string] => [path, 'VALIDATION_ERROR']));
  });

  test('is refused when the bytes are gone, or are not what they were', async () => {
    const [gone, wrong] = await Promise.all([bring('gone'), bring('wrong')]);
    await it.engine.store.remove(TENANT, gone.contentHash);
    await chmod(wrong.uri, 0o644);
    await writeFile(wrong.uri, 'wrung');
    const clip = await bring('clip', { type: 'video/intro' });
    await refused({ logo: { artifactId: gone.id }, clips: [{ artifactId: clip.id }] }, [
      '/logo/artifactId',
      'ARTIFACT_LOST',
    ]);
    await refused({ logo: { artifactId: wrong.id } }, ['/logo/artifactId', 'ARTIFACT_LOST']);
  });

  test('is held to the rules, which see the file', async () => {
    const large = await bring('x'.repeat(101));
    await refused({ logo: { artifactId: large.id } }, ['/logo', 'LOGO_TOO_LARGE']);
  });

  test('is the same request as long as it is sent as it was', async () => {
    const [one, two] = await Promise.all([bring('same'), bring('same')]);
    const first = await start({ logo: { artifactId: one.id } }, 'key');
    await expect(start({ logo: { artifactId: two.id } }, 'key')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    await deleteUpload(it.dataSource, TENANT, one.id);
    const again = await start({ logo: { artifactId: one.id } }, 'key');
    expect([again.run.id, again.replayed]).toEqual([first.run.id, true]);
    expect(await it.count('run')).toBe(1);
  });
});

test("a client is told of ids where the workflow's schema has files", () => {
  const schema = inputSchema(clientForm(workflow.trigger)) as {
    required: string[];
    properties: Record<string, Record<string, unknown>>;
  };
  const named = {
    type: 'object',
    properties: {
      artifactId: { type: 'string', pattern: expect.any(String), description: expect.any(String) },
    },
    required: ['artifactId'],
    additionalProperties: false,
    description: 'A file of the type image/logo: an upload, or an artifact of a run.',
    'x-artifact': 'image/logo',
  };
  expect(schema.properties['logo']).toEqual(named);
  expect(schema.properties['clips']).toMatchObject({
    items: { 'x-artifact': 'video/*', required: ['artifactId'] },
  });
  expect(schema.properties['notes']).toMatchObject({ 'x-artifact-json': true, required: ['text'] });
  expect(clientForm(workflow.trigger)).toBe(clientForm(workflow.trigger));
});
