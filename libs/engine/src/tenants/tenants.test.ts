import { newId, transaction, type TenantLimits, type TenantSettings } from '@cairn/dao';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { storeUpload } from '../uploads/upload.js';
import { removeTenants } from './remove-tenants.js';
import { TenantService } from './tenant-service.js';

// Real: PostgreSQL and the file store. The test plays Temporal.
let it: TestEngine;
let tenants: TenantService;
beforeAll(async () => {
  it = await startTestEngine();
  tenants = new TenantService(it.dataSource);
});
afterAll(() => it.stop());
beforeEach(async () => {
  await it.reset();
  await it.dataSource.query('DELETE FROM "tenant"');
});

const NO_LIMITS = { maxRunningRuns: null, maxStoredBytes: null, maxBodyBytes: null, maxUploadBytes: null };
const settings = (limits: Partial<TenantLimits> = {}): TenantSettings => ({
  name: 'Someone',
  ...NO_LIMITS,
  ...limits,
});
const TIMES = { everyMs: 3_600_000 };
const upload = (tenantId: string, text: string) =>
  storeUpload(it.engine, tenantId, {
    source: Buffer.from(text),
    type: 'text/note',
    digests: [],
    maxBytes: 1_000,
  });
const remove = () => removeTenants({ ...it.engine, control: it.control, log: silent });
const eventsOf = (tenantId: string) =>
  it.dataSource.query<{ type: string; data: object }[]>(
    'SELECT "type", "data" FROM "event" WHERE "tenantId" = $1 ORDER BY "createdAt"',
    [tenantId],
  );
/** Tables in which a tenant has rows. */
const tablesOf = async (tenantId: string) => {
  const found: Record<string, number> = {};
  for (const table of await it.records.tenantRows.tables()) {
    const [row] = await it.dataSource.query<[{ n: number }]>(
      `SELECT count(*)::int AS n FROM "${table}" WHERE "tenantId" = $1`,
      [tenantId],
    );
    if (row.n > 0) found[table] = row.n;
  }
  return found;
};

test('an id is given once, and what the operator said is what it has', async () => {
  const made = await tenants.create('studio-1', settings({ maxRunningRuns: 3 }));
  expect(made).toMatchObject({ id: 'studio-1', status: 'active', maxRunningRuns: 3, maxStoredBytes: null });
  await expect(tenants.create('studio-1', settings())).rejects.toMatchObject({ code: 'CONFLICT' });
  const updated = await tenants.update('studio-1', settings({ maxStoredBytes: 10 }));
  expect(updated).toMatchObject({ maxRunningRuns: null, maxStoredBytes: 10 });
  expect((await eventsOf('studio-1')).map(({ type }) => type)).toEqual(['tenant.created', 'tenant.updated']);
  for (const call of [
    () => tenants.get('nobody'),
    () => tenants.update('nobody', settings()),
    () => tenants.delete('nobody'),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('every table with rows of tenants is emptied, what refers to others first', async () => {
  const tables = await it.records.tenantRows.tables();
  const known = it.dataSource.entityMetadatas
    .filter(entity => entity.columns.some(({ databaseName }) => databaseName === 'tenantId'))
    .map(({ tableName }) => tableName);
  expect([...tables].sort()).toEqual([...known].sort());
  expect(tables.indexOf('run_step')).toBeLessThan(tables.indexOf('run'));
  expect(tables.indexOf('gate')).toBeLessThan(tables.indexOf('run'));
});

test('a deleted tenant leaves nothing but its name and one last event; others lose nothing', async () => {
  for (const id of [TENANT, 'other']) {
    await tenants.create(id, settings());
    await upload(id, `of ${id}`);
    await upload(id, 'of both');
    await it.newRun(id);
  }
  const run = await it.newRun();
  const before = await tablesOf('other');
  expect((await tenants.delete(TENANT)).status).toBe('deleting');
  expect((await tenants.delete(TENANT)).status).toBe('deleting');
  await expect(tenants.update(TENANT, settings())).rejects.toMatchObject({ code: 'CONFLICT' });

  expect(await remove()).toBe(1);
  expect(it.control.cancelled).toContain(`run-${run.id}`);
  expect(await tablesOf(TENANT)).toEqual({ event: 1 });
  const [last] = await eventsOf(TENANT);
  expect(last).toEqual({
    type: 'tenant.deleted',
    data: { rows: expect.any(Number), bytes: `of ${TENANT}`.length + 'of both'.length },
  });
  const stored = [];
  for await (const blob of it.engine.store.list(TENANT)) stored.push(blob);
  expect(stored).toEqual([]);
  expect(await tenants.get(TENANT)).toMatchObject({ status: 'deleted', deletedAt: expect.any(Date) });
  await expect(tenants.create(TENANT, settings())).rejects.toMatchObject({ code: 'CONFLICT' });

  expect(await tablesOf('other')).toEqual(before);
  const theirs = [];
  for await (const { size } of it.engine.store.list('other')) theirs.push(size);
  expect(theirs.sort()).toEqual(['of both'.length, 'of other'.length].sort());
  expect(await remove()).toBe(0);
});

test('it waits until Temporal has forgotten the schedules', async () => {
  await tenants.create(TENANT, settings());
  await it.newRun();
  const id = newId();
  await it.records.schedules.insertSchedule({
    ...{ id, tenantId: TENANT, name: 'nightly', workflowName: 'toy.echo', workflowVersion: null },
    ...{ trigger: { text: 'hello' }, options: {}, times: TIMES, overlap: 'skip' as const },
    ...{ catchupMs: 60_000, paused: false, note: null, limit: null },
  });
  await tenants.delete(TENANT);
  expect([await remove(), (await tenants.get(TENANT)).status]).toEqual([0, 'deleting']);
  expect((await tablesOf(TENANT))['run']).toBe(1);
  // As the keeper of schedules does when Temporal has none any more; it finds those that are marked as deleted.
  expect(await it.records.schedules.getSchedule(TENANT, id)).toBeNull();
  await it.records.schedules.acrossTenants.remove(id);
  expect([await remove(), await tablesOf(TENANT)]).toEqual([1, { event: 1 }]);
});

test('nothing is stored for a tenant that has reached its limit, and a moment later it may again', async () => {
  const id = `t${newId().slice(-8)}`;
  await tenants.create(id, settings({ maxStoredBytes: 10 }));
  await transaction(it.dataSource, tx =>
    tx.blobs.announce(id, { digest: `sha256:${'0'.repeat(64)}`, size: 10 }, { forMs: 60_000 }),
  );
  const refused = { code: 'TENANT_STORAGE_FULL', message: expect.stringMatching(/10 bytes and may have 10/) };
  await expect(upload(id, 'one more')).rejects.toMatchObject(refused);
  const free = `f${newId().slice(-8)}`;
  await tenants.create(free, settings({ maxStoredBytes: 11 }));
  await transaction(it.dataSource, tx =>
    tx.blobs.announce(free, { digest: `sha256:${'0'.repeat(64)}`, size: 10 }, { forMs: 60_000 }),
  );
  expect((await upload(free, 'one more')).sizeBytes).toBe(8);
});
