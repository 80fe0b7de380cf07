import { randomBytes } from 'node:crypto';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, checkedFetch, makeKey, makeTenant, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP.
const NONE = { maxRunningRuns: null, maxStoredBytes: null, maxBodyBytes: null, maxUploadBytes: null };

describe('without keys', () => {
  let api: TestApi;
  let cairn: CairnClient;
  beforeAll(async () => {
    api = await startTestApi();
    cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
  });
  afterAll(() => api.stop());

  test('whoever reaches the API is the tenant local, and the operator too', async () => {
    expect(await cairn.getOwnTenant()).toMatchObject({
      id: 'local',
      limits: NONE,
      usage: { runningRuns: 0, waitingRuns: 0, storedBytes: 0, runs: 0 },
    });
    const made = await cairn.createTenant({ id: 'studio', limits: { maxRunningRuns: 2 } });
    expect(made).toMatchObject({ name: 'studio', status: 'active', limits: { ...NONE, maxRunningRuns: 2 } });
    await expect(cairn.createTenant({ id: 'studio' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('tenants come by pages, in the order of their ids', async () => {
    for (const id of ['a1', 'b2']) await cairn.createTenant({ id });
    const first = await cairn.listTenants({ limit: 3 });
    const rest = await cairn.listTenants({ limit: 3, cursor: first.nextCursor });
    const ids = [...first.items, ...rest.items].map(({ id }) => id);
    expect([ids, rest.nextCursor]).toEqual([[...ids].sort(), undefined]);
    expect(ids).toEqual(expect.arrayContaining(['a1', 'b2', 'local', 'studio']));
  });

  test('limits are replaced as a whole, and those left out are none', async () => {
    await cairn.createTenant({ id: 'changed', limits: { maxStoredBytes: 5 } });
    const put = await cairn.putTenant('changed', { name: 'Changed', limits: { maxBodyBytes: 7 } });
    expect(put).toMatchObject({ name: 'Changed', limits: { ...NONE, maxBodyBytes: 7 } });
  });

  test('its own tenant cannot be deleted; another can, once', async () => {
    await expect(cairn.deleteTenant('local')).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
    await cairn.createTenant({ id: 'short-lived' });
    expect((await cairn.deleteTenant('short-lived')).status).toBe('deleting');
    await expect(cairn.deleteTenant('never-was')).rejects.toMatchObject({ status: 404 });
  });

  test.each([
    [{ id: 'Studio' }, '/id'],
    [{ id: '../up' }, '/id'],
    [{ id: 'x'.repeat(64) }, '/id'],
    [{ id: 'ok', limits: { maxRunningRuns: 0 } }, '/limits/maxRunningRuns'],
    [{ id: 'ok', limits: { maxBodyBytes: 1_048_577 } }, '/limits/maxBodyBytes'],
    [{ id: 'ok', limits: { runs: 1 } }, '/limits/runs'],
  ])('%j is refused', async (body, at) => {
    const response = await api.post('/v1/tenants', body);
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect([response.status, errors.map(({ path }) => path)]).toEqual([400, expect.arrayContaining([at])]);
  });
});

describe('what a tenant sends at once', () => {
  let api: TestApi;
  let headers: Record<string, string>;
  beforeAll(async () => {
    api = await startTestApi({ operatorKey: randomBytes(24).toString('hex') });
    await makeTenant(api.dataSource, 'small');
    await api.dataSource.query(`UPDATE "tenant" SET "maxBodyBytes" = 100, "maxUploadBytes" = 10`);
    headers = bearer((await makeKey(api.dataSource, 'small')).key);
  });
  afterAll(() => api.stop());
  const post = async (path: string, type: string, body: string) => {
    const answer = await fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body,
    });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };

  test.each([
    [100, [400, 'VALIDATION_ERROR']],
    [101, [413, 'BODY_TOO_LARGE']],
  ])('a JSON body of %d bytes', async (size, outcome) => {
    const body = JSON.stringify({ workflow: 'none', trigger: {} });
    expect(await post('/v1/runs', 'application/json', body.padEnd(size))).toEqual(outcome);
  });

  test.each([
    [10, [201, undefined]],
    [11, [413, 'BODY_TOO_LARGE']],
  ])('an upload of %d bytes', async (size, outcome) => {
    const path = '/v1/artifacts?type=text/note';
    expect(await post(path, 'application/octet-stream', 'x'.repeat(size))).toEqual(outcome);
  });
});
