import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositories } from '@cairn/dao';
import { http } from '@cairn/dto';
import { bearer, makeKey, makeTenant, startTestApi, type TestApi } from '../testing/index.js';

// Real: HTTP and PostgreSQL.
const OPERATOR_KEY = 'operator-key-of-this-test-and-no-other';
let api: TestApi;
let admin: Record<string, string>;
beforeAll(async () => {
  api = await startTestApi({ operatorKey: OPERATOR_KEY, ratePerMinute: 1_000 });
  await makeTenant(api.dataSource, 'acme');
  admin = bearer((await makeKey(api.dataSource, 'acme')).key);
});
afterAll(() => api.stop());

const read = async <T>(answer: Promise<Response>, status = 200): Promise<T> => {
  const response = await answer;
  const body = (await response.json()) as T;
  expect([response.status, body]).toEqual([status, body]);
  return body;
};
const put = (path: string, body: unknown) =>
  api.get(path, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { ...admin, 'content-type': 'application/json' },
  });
const make = (body: Partial<http.KeyRequest>) =>
  read<http.NewKey>(api.post('/v1/keys', { role: 'viewer', ...body }, admin), 201);
const statusWith = async (key: string) => (await api.get('/v1/caller', { headers: bearer(key) })).status;

async function eventsOf(type: string): Promise<{ actor: unknown; data: unknown }[]> {
  return api.dataSource.query(`SELECT "actor", "data" FROM "event" WHERE "type" = $1 ORDER BY "id"`, [type]);
}

test('the operator makes the first key of a tenant, and that makes the others', async () => {
  const settings = { name: 'first', role: 'admin' };
  const path = '/v1/tenants/acme/keys';
  const first = await read<http.NewKey>(api.post(path, settings, bearer(OPERATOR_KEY)), 201);
  const made = await read<http.NewKey>(
    api.post('/v1/keys', { name: 'second', role: 'runner' }, bearer(first.key)),
    201,
  );
  expect(await read(api.get('/v1/caller', { headers: bearer(made.key) }))).toEqual({
    tenantId: 'acme',
    role: 'runner',
    name: 'second',
    keyId: made.id,
  });
  expect(await eventsOf('key.created')).toEqual([
    { actor: 'operator', data: { keyId: first.id, ...settings } },
    { actor: `key:${first.id}`, data: { keyId: made.id, name: 'second', role: 'runner' } },
  ]);
});

test('a key is shown once, and kept nowhere', async () => {
  const response = await api.post('/v1/keys', { name: 'once', role: 'viewer' }, admin);
  const { key, ...record } = (await response.json()) as http.NewKey;
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('location')).toBe(`/v1/keys/${record.id}`);
  expect(await read(api.get(`/v1/keys/${record.id}`, { headers: admin }))).toEqual(record);
  const secret = key.slice(-72, -8);
  const dumps = await api.dataSource.query<{ dump: string }[]>(
    `SELECT "api_key"::text AS "dump" FROM "api_key" UNION ALL SELECT "event"::text FROM "event"`,
  );
  expect(dumps.length).toBeGreaterThan(2);
  expect(dumps.filter(({ dump }) => dump.includes(secret))).toEqual([]);
});

describe('without a valid key', () => {
  test.each([
    ['no header', undefined],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['no token', 'Bearer '],
    ['not a key', 'Bearer nonsense'],
    ['half an operator key', `Bearer ${OPERATOR_KEY.slice(0, -1)}`],
  ])('%s is refused', async (_what, authorization) => {
    const response = await api.get('/v1/runs', {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="cairn"');
    expect([response.status, ((await response.json()) as http.Problem).code]).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
  });

  test('the refusal comes before the body is looked at, and before the path is', async () => {
    const refused = await api.post('/v1/runs', { nonsense: true });
    expect(refused.status).toBe(401);
    expect((await fetch(`${api.url}/V1/runs`)).status).toBe(401);
    expect((await fetch(`${api.url}/v1//runs`)).status).toBe(401);
    expect((await fetch(`${api.url}/v1/%72uns`)).status).toBe(401);
    const broken = await fetch(`${api.url}/v1/runs`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'a/b' },
    });
    expect(broken.status).toBe(401);
  });

  test('what is for everybody is answered', async () => {
    for (const path of ['/livez', '/readyz', '/openapi.json', '/docs'])
      expect((await api.get(path)).status).toBe(200);
  });

  test('the secret of one key does not open another', async () => {
    const [one, other] = [await make({ name: 'one' }), await make({ name: 'other' })];
    const { formatKey, parseKey } = await import('./api-key.js');
    expect(await statusWith(formatKey(one.id, parseKey(other.key)!.secret))).toBe(401);
    expect(await statusWith(one.key)).toBe(200);
  });
});

describe('a key', () => {
  test('that is revoked opens nothing; revoking it again changes nothing', async () => {
    const { id, key } = await make({ name: 'revoked' });
    expect(await statusWith(key)).toBe(200);
    const revoked = await read<http.Key>(api.post(`/v1/keys/${id}/revoke`, undefined, admin));
    expect(await statusWith(key)).toBe(401);
    expect(await read(api.post(`/v1/keys/${id}/revoke`, undefined, admin))).toEqual(revoked);
    expect(
      (await eventsOf('key.revoked')).filter(({ data }) => (data as { keyId: string }).keyId === id),
    ).toHaveLength(1);
    expect((await api.post(`/v1/keys/${id}/rotate`, {}, admin)).status).toBe(409);
    expect((await put(`/v1/keys/${id}`, { name: 'back', role: 'admin' })).status).toBe(409);
    // Its name can be given again.
    await make({ name: 'revoked' });
  });

  test('has a name that no other has', async () => {
    const { id } = await make({ name: 'taken' });
    expect((await api.post('/v1/keys', { name: 'taken', role: 'viewer' }, admin)).status).toBe(409);
    const another = await make({ name: 'free' });
    expect((await put(`/v1/keys/${another.id}`, { name: 'taken', role: 'viewer' })).status).toBe(409);
    expect((await put(`/v1/keys/${id}`, { name: 'taken', role: 'runner' })).status).toBe(200);
  });

  test('opens nothing from when it expires', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id, key } = await make({ name: 'short', expiresAt });
    expect(await statusWith(key)).toBe(200);
    await api.dataSource.query(`UPDATE "api_key" SET "expiresAt" = clock_timestamp() WHERE "id" = $1`, [id]);
    expect(await statusWith(key)).toBe(401);
    expect((await put(`/v1/keys/${id}`, { name: 'short', role: 'viewer' })).status).toBe(200);
    expect(await statusWith(key)).toBe(200);
  });

  test.each([['2026-12-31T23:59:60Z'], ['tomorrow'], ['2026-13-01T00:00:00Z']])(
    'does not expire at %s',
    async expiresAt => {
      const refused = await api.post('/v1/keys', { name: 'never', role: 'viewer', expiresAt }, admin);
      expect(refused.status).toBe(400);
      expect(((await refused.json()) as http.Problem).errors).toMatchObject([{ path: '/expiresAt' }]);
    },
  );

  test('is rotated with an overlap, which ends', async () => {
    const { id, key } = await make({ name: 'turning' });
    const next = await read<http.NewKey>(api.post(`/v1/keys/${id}/rotate`, { overlap: '1h' }, admin));
    expect(next.id).toBe(id);
    expect(next.key).not.toBe(key);
    expect([await statusWith(key), await statusWith(next.key)]).toEqual([200, 200]);
    await api.dataSource.query(`UPDATE "api_key" SET "previousUntil" = clock_timestamp() WHERE "id" = $1`, [
      id,
    ]);
    expect([await statusWith(key), await statusWith(next.key)]).toEqual([401, 200]);
    const last = await read<http.NewKey>(api.post(`/v1/keys/${id}/rotate`, { overlap: '0' }, admin));
    expect([await statusWith(next.key), await statusWith(last.key)]).toEqual([401, 200]);
    expect((await api.post(`/v1/keys/${id}/rotate`, { overlap: '31d' }, admin)).status).toBe(400);
    expect((await eventsOf('key.rotated')).map(({ data }) => data)).toMatchObject([
      { keyId: id, name: 'turning', previousUntil: next.previousUntil },
      { keyId: id, name: 'turning', previousUntil: last.previousUntil },
    ]);
  });

  test('goes with its tenant', async () => {
    await makeTenant(api.dataSource, 'gone');
    const { key } = await makeKey(api.dataSource, 'gone');
    expect(await statusWith(key)).toBe(200);
    await repositories(api.dataSource).tenants.advance('gone', 'deleting');
    expect(await statusWith(key)).toBe(401);
    const refused = api.post('/v1/tenants/gone/keys', { name: 'back', role: 'admin' }, bearer(OPERATOR_KEY));
    expect((await refused).status).toBe(404);
  });

  test('remembers its last use to the minute, not at each request', async () => {
    const { id, key } = await make({ name: 'used' });
    const lastUse = async () => (await repositories(api.dataSource).apiKeys.getKey('acme', id))!.lastUsedAt;
    const age = (interval: string) =>
      api.dataSource.query(
        `UPDATE "api_key" SET "lastUsedAt" = "lastUsedAt" - $2::interval WHERE "id" = $1`,
        [id, interval],
      );
    expect(await lastUse()).toBe(null);
    await statusWith(key);
    const first = await lastUse();
    expect(Math.abs(first!.getTime() - Date.now())).toBeLessThan(60_000);
    await age('50 seconds');
    const aged = await lastUse();
    await statusWith(key);
    expect(await lastUse()).toEqual(aged);
    await age('11 seconds');
    await statusWith(key);
    expect((await lastUse())!.getTime()).toBeGreaterThanOrEqual(first!.getTime());
  });

  test('may ask so often in a minute, by its own setting', async () => {
    const { key } = await make({ name: 'slow', ratePerMinute: 2 });
    const ask = () => api.get('/v1/caller', { headers: bearer(key) });
    const [first, second, third] = [await ask(), await ask(), await ask()];
    expect(first.headers.get('ratelimit-policy')).toBe('"key";q=2;w=60');
    expect(first.headers.get('ratelimit')).toBe('"key";r=1;t=30');
    expect(second.headers.get('ratelimit')).toBe('"key";r=0;t=60');
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await third.json()).toMatchObject({ code: 'RATE_LIMITED', type: '/docs#RATE_LIMITED' });
    const other = await make({ name: 'as usual' });
    const usual = await api.get('/v1/caller', { headers: bearer(other.key) });
    expect([usual.status, usual.headers.get('ratelimit-policy')]).toEqual([200, '"key";q=1000;w=60']);
  });
});

test('keys are listed newest first, a page at a time', async () => {
  const made: string[] = [];
  for (const name of ['a', 'b', 'c']) made.unshift((await make({ name: `listed ${name}` })).id);
  const first = await read<http.KeyList>(api.get('/v1/keys?limit=2', { headers: admin }));
  expect(first.items.map(({ id }) => id)).toEqual(made.slice(0, 2));
  const next = await read<http.KeyList>(
    api.get(`/v1/keys?limit=1&cursor=${first.nextCursor}`, { headers: admin }),
  );
  expect(next.items.map(({ id }) => id)).toEqual(made.slice(2));
});

test('who sends wrong keys too often is told to wait; right ones are not held up', async () => {
  const codes: number[] = [];
  // However slow they come: the bucket fills more slowly.
  for (let n = 0; n < 1_000 && codes.at(-1) !== 429; n += 1) codes.push(await statusWith(`wrong ${n}`));
  expect(codes.at(-1)).toBe(429);
  expect(new Set(codes)).toEqual(new Set([401, 429]));
  expect((await api.get('/v1/caller', { headers: admin })).status).toBe(200);
});
