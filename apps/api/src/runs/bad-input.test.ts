import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { campaignRequest, campaignTrigger, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP, the shipped catalog. Temporal is not needed: nothing here may get that far.
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const problem = async (response: Response) => {
  const {
    status,
    code,
    errors = [],
  } = (await response.json()) as {
    status: number;
    code: string;
    errors?: { path: string; code: string }[];
  };
  return { status, code, paths: errors.map(({ path }) => path) };
};
const invalid = (...paths: string[]) => ({ status: 400, code: 'VALIDATION_ERROR', paths });
const raw = (
  body: string | Uint8Array,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) => api.get('/v1/runs', { method: 'POST', body, headers });

describe('a request to start a run that is refused', () => {
  const triggers: [string, Record<string, unknown>, string[]][] = [
    ['an unknown field', { nope: 1 }, ['/nope']],
    ['a value out of its range', { difficulty: { win_probability: 2 } }, ['/difficulty/win_probability']],
    ['a value of the wrong type', { campaign_name: 7 }, ['/campaign_name']],
    ['a campaign_id that leaves its folder', { campaign_id: '../../etc' }, ['/campaign_id']],
    ['a campaign_id that is a folder above', { campaign_id: '..' }, ['/campaign_id']],
    ['a campaign_id with a NUL', { campaign_id: 'a\u0000b' }, ['/campaign_id']],
    ['a template that does not exist', { template_id: 'no_such_template' }, ['/template_id']],
    ['a theme that does not exist', { theme: 'no_such_theme' }, ['/theme']],
    [
      'an end before the start',
      { rules: { start_date: '2026-12-24', end_date: '2026-12-01' } },
      ['/rules/end_date'],
    ],
    ['a colour that is none', { colors: { primary: 'not a colour' } }, ['/colors/primary']],
    ['text with a lone surrogate', { campaign_name: '\ud800' }, ['/campaign_name']],
  ];
  test.each(triggers)('%s', async (_what, fields, paths) => {
    const response = await api.post('/v1/runs', campaignRequest(fields));
    expect(await problem(response)).toEqual(invalid(...paths));
  });

  test('several faults are named at once', async () => {
    const response = await api.post('/v1/runs', campaignRequest({ campaign_id: '', nope: 1, locale: 'xx-' }));
    const { paths } = await problem(response);
    expect(paths).toEqual(expect.arrayContaining(['/campaign_id', '/nope', '/locale']));
  });

  test('__proto__, wherever it stands', async () => {
    const trigger = JSON.stringify(campaignTrigger());
    const inside = trigger.replace('{', '{"__proto__":{"polluted":1},');
    const deep = JSON.stringify(campaignTrigger({ mechanics: { a: 1 } })).replace('"a":1', '"__proto__":1');
    expect(await problem(await raw(`{"workflow":"campaign.build","trigger":${inside}}`))).toEqual(
      invalid('/__proto__'),
    );
    expect(await problem(await raw(`{"workflow":"campaign.build","trigger":${deep}}`))).toEqual(
      invalid('/mechanics/__proto__'),
    );
    expect(
      await problem(await raw(`{"workflow":"campaign.build","__proto__":{},"trigger":${trigger}}`)),
    ).toEqual(invalid('/__proto__'));
    expect(({} as { polluted?: number }).polluted).toBe(undefined);
  });

  test('nesting without end, and numbers that JSON cannot carry', async () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const response = await raw(`{"workflow":"campaign.build","trigger":{"mechanics":${nested}}}`);
    expect(response.status).toBe(400);
    const huge = JSON.stringify(campaignRequest()).replace('"duration_sec":30', '"duration_sec":1e400');
    expect(await problem(await raw(huge))).toEqual(invalid('/duration_sec'));
  });

  test('a trigger that is no object', async () => {
    for (const trigger of [[], null, 'x', 7]) {
      const response = await api.post('/v1/runs', { workflow: 'campaign.build', trigger });
      expect(await problem(response)).toEqual(invalid(''));
    }
  });

  test('the envelope', async () => {
    const trigger = campaignTrigger();
    const refused: [unknown, string[]][] = [
      [{}, ['/workflow', '/trigger']],
      [[], ['']],
      [{ workflow: 'no.such', trigger }, ['/workflow']],
      [{ workflow: '../campaign', trigger }, ['/workflow']],
      [{ workflow: 'campaign.build', version: '9.9.9', trigger }, ['/version']],
      [{ workflow: 'campaign.build', trigger, extra: 1 }, ['/extra']],
    ];
    for (const [body, paths] of refused)
      expect(await problem(await api.post('/v1/runs', body))).toEqual(invalid(...paths));
    const keyed = await api.post('/v1/runs', campaignRequest(), { 'idempotency-key': 'x'.repeat(201) });
    expect(await problem(keyed)).toEqual(invalid('/idempotency-key'));
    expect(await problem(await api.post('/v1/runs?dry=1', campaignRequest()))).toEqual(invalid('/dry'));
  });

  test('a body that is not JSON says where it stops being JSON', async () => {
    const response = await raw('{"workflow": "campaign.build",\n "trigger": {,}}');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'INVALID_JSON',
      detail: 'The body stops being JSON at line 2, column 14 (offset 44)',
    });
    expect((await problem(await raw('{"workflow'))).code).toBe('INVALID_JSON');
    expect((await problem(await raw(Buffer.from('{"a":"\xff"}', 'latin1')))).code).toBe('INVALID_JSON');
  });

  test('a body over 1 MiB, and one of exactly that size', async () => {
    const around = (size: number) => `{"workflow":"no.such","trigger":"${'a'.repeat(size - 35)}"}`;
    expect(await problem(await raw(around(1_048_577)))).toEqual({
      status: 413,
      code: 'BODY_TOO_LARGE',
      paths: [],
    });
    expect(Buffer.byteLength(around(1_048_576))).toBe(1_048_576);
    expect(await problem(await raw(around(1_048_576)))).toEqual(invalid('/workflow'));
  });

  test('a body of another type', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
    ])
      expect(await problem(await raw('{}', { 'content-type': type }))).toEqual({
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
        paths: [],
      });
  });

  test('leaves no run', async () => {
    expect(await (await api.get('/v1/runs')).json()).toEqual({ items: [] });
  });
});

describe('a question that is refused', () => {
  const unknownId = '019a0000-0000-7000-8000-000000000000';
  test.each([
    ['/v1/runs/abc', invalid('/id')],
    ['/v1/runs/..%2f..%2fetc', invalid('/id')],
    [`/v1/runs/${unknownId}`, { status: 404, code: 'NOT_FOUND', paths: [] }],
    [`/v1/runs/${unknownId}/artifacts`, { status: 404, code: 'NOT_FOUND', paths: [] }],
    [`/v1/artifacts/${unknownId}`, { status: 404, code: 'NOT_FOUND', paths: [] }],
    [`/v1/artifacts/${unknownId}/content`, { status: 404, code: 'NOT_FOUND', paths: [] }],
    ['/v1/runs?limit=0', invalid('/limit')],
    ['/v1/runs?limit=201', invalid('/limit')],
    ['/v1/runs?limit=ten', invalid('/limit')],
    ['/v1/runs?limit=1&limit=2', invalid('/limit')],
    ['/v1/runs?status=odd', invalid('/status')],
    ['/v1/runs?order=asc', invalid('/order')],
    ['/v1/runs?cursor=x', invalid('/cursor')],
    ['/v1/runs?__proto__=1', invalid('/__proto__')],
    ['/v1/workflows/no.such', { status: 404, code: 'NOT_FOUND', paths: [] }],
    ['/v1/nothing', { status: 404, code: 'NOT_FOUND', paths: [] }],
    ['/v1/runs/%zz', { status: 400, code: 'BAD_REQUEST', paths: [] }],
  ])('%s', async (path, expected) => {
    expect(await problem(await api.get(path))).toEqual(expected);
  });

  test('a method that does not apply', async () => {
    const response = await api.get('/v1/runs', { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD']);
  });

  test('cancelling what is not there', async () => {
    expect(await problem(await api.post(`/v1/runs/${unknownId}/cancel`))).toEqual({
      status: 404,
      code: 'NOT_FOUND',
      paths: [],
    });
  });
});
