import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { campaignRequest, checkedFetch, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP, the shipped catalog.
let api: TestApi;
let cairn: CairnClient;
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
});
afterAll(() => api.stop());

test('a run shows what it asks of the cache, and nothing when it asks for nothing', async () => {
  const { run: plain } = await cairn.startRun({ ...campaignRequest(), options: { bypass: false } });
  expect(plain.options).toBe(undefined);
  const refresh = [plain.steps[0]!.stepId];
  const { run } = await cairn.startRun({ ...campaignRequest(), options: { refresh } });
  expect(run.options).toEqual({ refresh });
  expect((await cairn.listRuns({ limit: 1 })).items[0]!.options).toEqual({ refresh });
  const { run: bypassing } = await cairn.startRun({ ...campaignRequest(), options: { bypass: true } });
  expect((await cairn.getRun(bypassing.id)).options).toEqual({ bypass: true });
});

test.each<[unknown, string[]]>([
  [null, ['/options']],
  [{ refresh: [] }, ['/options/refresh']],
  [{ refresh: 'all' }, ['/options/refresh']],
  [{ refresh: ['no_such_step'] }, ['/options/refresh/0']],
  [{ refresh: true, bypass: true }, ['/options']],
  [{ bypass: 1, renew: true }, ['/options/bypass', '/options/renew']],
])('options %j are refused', async (options, paths) => {
  const before = (await cairn.listRuns({ limit: 200 })).items.length;
  const response = await api.post('/v1/runs', { ...campaignRequest(), options });
  const { code, errors } = (await response.json()) as { code: string; errors: { path: string }[] };
  expect([code, ...errors.map(({ path }) => path).sort()]).toEqual(['VALIDATION_ERROR', ...paths]);
  expect((await cairn.listRuns({ limit: 200 })).items.length).toBe(before);
});
