// Real: PostgreSQL, which says how it would read. A few thousand runs are enough to make it choose.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DataSource, Logger } from 'typeorm';
import { newId } from '../ids.js';
import { createMigratedTestDatabase } from '../testing/index.js';
import { takeCensus } from './census.js';
import { type Repositories, repositories } from './index.js';

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
let statements: { text: string; parameters: unknown[] }[] = [];
const quiet = () => undefined;
const noting: Logger = {
  logQuery: (text, parameters = []) => void statements.push({ text, parameters: parameters as unknown[] }),
  logQueryError: quiet,
  logQuerySlow: quiet,
  logSchemaBuild: quiet,
  logMigration: quiet,
  log: quiet,
};

beforeAll(async () => {
  database = await createMigratedTestDatabase();
  const { dataSource } = database;
  await dataSource.query(
    `INSERT INTO "run" ("id", "tenantId", "workflowName", "workflowVersion", "status", "trigger", "temporalWorkflowId",
                        "graphDigest", "rootRunId", "createdAt")
     SELECT "id", CASE WHEN "n" % 10 = 0 THEN 'other-' || "n" % 7 ELSE 'acme' END, 'toy.' || "n" % 40, '1.0.0',
            CASE WHEN "n" % 50 = 0 THEN 'cancelled' WHEN "n" % 20 = 0 THEN 'failed' ELSE 'completed' END,
            jsonb_build_object('text', repeat('x', 500)), "id", 'sha256:1', "id", now() - "n" * interval '1 minute'
       FROM (SELECT "n", gen_random_uuid() AS "id" FROM generate_series(1, 5000) AS "n") AS "runs"`,
  );
  await dataSource.query(
    `INSERT INTO "run_step" ("id", "runId", "tenantId", "stepId", "skillId", "position", "inputHash")
     SELECT gen_random_uuid(), "id", "tenantId", 'step-' || "n", 'toy', "n", 'sha256:2'
       FROM "run", generate_series(1, 4) AS "n"`,
  );
  await dataSource.query('ANALYZE "run", "run_step"');
  dataSource.logger = noting;
});
afterAll(() => database.drop());

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}
const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** How the statements of some work read their tables: `table by index`, `all of table`, `sort`. */
async function readsOf(dataSource: DataSource, work: () => Promise<unknown>): Promise<readonly string[]> {
  statements = [];
  await work();
  const reads = new Set<string>();
  for (const { text, parameters } of statements.filter(({ text }) => /^\s*(SELECT|UPDATE)/.test(text))) {
    const [row] = await dataSource.query<[{ 'QUERY PLAN': [{ Plan: PlanNode }] }]>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      parameters,
    );
    for (const node of nodesOf(row['QUERY PLAN'][0].Plan)) {
      const { 'Node Type': type, 'Relation Name': table, 'Index Name': index } = node;
      if (type === 'Seq Scan') reads.add(`all of ${table}`);
      else if (index !== undefined) reads.add(`by ${index}`);
      else if (type.includes('Sort')) reads.add('sort');
    }
  }
  return [...reads].sort();
}

const after = { createdAt: '2020-01-01T00:00:00.000000Z', id: newId() };
const limit = 50;

test.each<[string, (db: Repositories) => Promise<unknown>, readonly string[]]>([
  ['the first page', db => db.runs.listRuns('acme', { limit }), ['by run_tenant_created_idx']],
  ['a deep page', db => db.runs.listRuns('acme', { limit, after }), ['by run_tenant_created_idx']],
  [
    'runs that no other has started',
    db => db.runs.listRuns('acme', { limit, parentRunId: null }),
    ['by run_tenant_created_idx'],
  ],
  [
    'runs of a rare status',
    db => db.runs.listRuns('acme', { limit, status: 'cancelled' }),
    ['by run_tenant_status_idx'],
  ],
  [
    'runs of a workflow',
    db => db.runs.listRuns('acme', { limit, workflowName: 'toy.3' }),
    ['by run_tenant_workflow_idx'],
  ],
  [
    'runs of a schedule',
    db => db.runs.listRuns('acme', { limit, scheduleId: newId() }),
    ['by run_schedule_idx'],
  ],
])('%s is read in order, by one index', async (_what, list, expected) => {
  const { dataSource } = database;
  expect(await readsOf(dataSource, () => list(repositories(dataSource)))).toEqual(expected);
});

const [someRun, someStep] = [newId(), 'step-1'];
test.each<[string, (db: Repositories, dataSource: DataSource) => Promise<unknown>]>([
  ['a run with its steps', db => db.runs.getRunWithSteps('acme', someRun)],
  ['some steps', db => db.steps.listSteps('acme', someRun, [someStep])],
  ['open steps', db => db.steps.listOpenSteps('acme', someRun)],
  ['runs to compare', db => db.runs.acrossTenants.findLiveRuns({ checkedBeforeMs: 1, limit })],
  ['runs to start', db => db.runs.acrossTenants.findRunsWithoutWorkflow({ olderThanMs: 1, limit })],
  ['abandoned children', db => db.runs.acrossTenants.findAbandonedChildren({ olderThanMs: 1, limit })],
  ['turns', db => db.turns.countTurns('acme')],
  ['tenants of whom runs wait', db => db.turns.findWaitingTenants()],
  ['unretried runs', db => db.unretriedRuns.find('acme', { status: 'failed' }, limit)],
  ['the census', (_db, dataSource) => takeCensus(dataSource, 2_000)],
])('%s: neither all runs nor all steps are read', async (_what, ask) => {
  const { dataSource } = database;
  const reads = await readsOf(dataSource, () => ask(repositories(dataSource), dataSource));
  expect(reads.filter(read => /^all of (run|run_step)$/.test(read))).toEqual([]);
  expect(reads.some(read => read.startsWith('by run'))).toBe(true);
});
