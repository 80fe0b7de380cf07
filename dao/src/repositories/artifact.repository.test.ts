import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Artifact } from '../entities/artifact.entity.js';
import { newId } from '../ids.js';
import type { NewRun } from './run.repository.js';
import { createMigratedTestDatabase, digestOf, newArtifact, newRun } from '../testing/index.js';
import { type Repositories, repositories } from './index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;
let run: NewRun;

beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});

afterAll(() => database.drop());

beforeEach(async () => {
  await database.dataSource.query('TRUNCATE "run" CASCADE');
  run = newRun();
  await db.runs.insertRun(run);
});

test('an artifact comes back as it was written', async () => {
  const id = newId();
  const full = newArtifact(run, {
    id,
    sizeBytes: 5_000_000_000,
    filename: 'bgm.wav',
    metadata: { bpm: 120 },
  });
  const [, bareId] = await db.artifacts.insertArtifacts([full, newArtifact(run, { name: 'effects.spin' })]);
  const { createdAt, updatedAt, ...rest } = (await db.artifacts.getArtifact('acme', id)) ?? new Artifact();
  expect(rest).toEqual(full);
  expect(updatedAt).toEqual(createdAt);
  expect(await db.artifacts.getArtifact('acme', bareId ?? '')).toMatchObject({
    name: 'effects.spin',
    sizeBytes: null,
    filename: null,
    metadata: {},
  });
});

test.each(['', 'sha256:', digestOf('A'), digestOf('a') + 'a', digestOf('a').slice(7), `x${digestOf('a')}`])(
  'refuses the content hash %j',
  async contentHash => {
    await expect(db.artifacts.insertArtifacts([newArtifact(run, { contentHash })])).rejects.toMatchObject({
      constraint: 'artifact_content_hash_check',
    });
  },
);

test('refuses a negative size', async () => {
  await expect(db.artifacts.insertArtifacts([newArtifact(run, { sizeBytes: -1 })])).rejects.toMatchObject({
    constraint: 'artifact_size_check',
  });
});

test('lists those of a run oldest first, a page at a time', async () => {
  const ids: string[] = [];
  for (let statement = 0; statement < 3; statement += 1) {
    ids.push(...(await db.artifacts.insertArtifacts([newArtifact(run), newArtifact(run)])));
  }
  const other = newRun();
  await db.runs.insertRun(other);
  await db.artifacts.insertArtifacts([newArtifact(other)]);

  const first = await db.artifacts.listArtifactsOfRun('acme', run.id, { limit: 3 });
  expect(first.rows.map(artifact => artifact.id)).toEqual(ids.slice(0, 3));
  const second = await db.artifacts.listArtifactsOfRun('acme', run.id, {
    limit: 3,
    after: first.next ?? undefined,
  });
  expect(second.rows.map(artifact => artifact.id)).toEqual(ids.slice(3));
  expect(second.next).toBeNull();
  expect(await db.artifacts.listArtifactsOfRun('beta', run.id, { limit: 3 })).toEqual({
    rows: [],
    next: null,
  });
});

test('lists by ids in the order asked, and only those of the tenant', async () => {
  const [a = '', b = '', c = ''] = await db.artifacts.insertArtifacts([
    newArtifact(run),
    newArtifact(run),
    newArtifact(run),
  ]);
  const found = await db.artifacts.listArtifactsByIds('acme', [c, newId(), a, b]);
  expect(found.map(artifact => artifact.id)).toEqual([c, a, b]);
  expect(await db.artifacts.listArtifactsByIds('beta', [a])).toEqual([]);
  expect(await db.artifacts.listArtifactsByIds('acme', [])).toEqual([]);
  expect(await db.artifacts.getArtifact('beta', a)).toBeNull();
});

test('goes with its run', async () => {
  const [id = ''] = await db.artifacts.insertArtifacts([newArtifact(run)]);
  await database.dataSource.query('DELETE FROM "run" WHERE "id" = $1', [run.id]);
  expect(await db.artifacts.getArtifact('acme', id)).toBeNull();
});
