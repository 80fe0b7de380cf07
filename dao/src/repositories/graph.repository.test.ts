import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMigratedTestDatabase, digestOf } from '../testing/index.js';
import { type Repositories, repositories } from './index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let db: Repositories;

beforeAll(async () => {
  database = await createMigratedTestDatabase();
  db = repositories(database.dataSource);
});

afterAll(() => database.drop());

test('a graph is stored once under its digest', async () => {
  const graph = {
    digest: digestOf('a'),
    name: 'campaign.build',
    version: '1.0.0',
    graph: { steps: [{ id: 'bgm' }] },
  };
  await Promise.all([db.graphs.putGraph(graph), db.graphs.putGraph(graph)]);
  await db.graphs.putGraph({ ...graph, name: 'other' });
  expect(await db.graphs.getGraph(graph.digest)).toMatchObject(graph);
  expect(await db.graphs.getGraph(digestOf('b'))).toBeNull();
});

test('refuses what is no digest', async () => {
  await expect(
    db.graphs.putGraph({ digest: 'sha256:1', name: 'n', version: '1', graph: {} }),
  ).rejects.toMatchObject({ constraint: 'workflow_graph_digest_check' });
});
