import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/index.js';

// Real: HTTP and PostgreSQL.
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** `fetch` does not let a caller say which Host it means. */
function send(
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status?: number; code?: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${api.url}${path}`, { method, headers }, response => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode, code: (JSON.parse(text) as { code?: string }).code }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('answers to names of this machine only', async () => {
  const { port } = new URL(api.url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'localhost', `[::1]:${port}`])
    expect(await send('GET', '/livez', { host })).toEqual({ status: 200, code: undefined });
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
  ])
    expect(await send('GET', '/v1/runs', { host })).toEqual({ status: 403, code: 'FORBIDDEN_HOST' });
});

test('a page of another origin may change nothing, and read nothing', async () => {
  const { host, port } = new URL(api.url);
  for (const origin of ['https://evil.example', 'null', `http://evil.example:${port}`, 'http://127.0.0.1:1'])
    for (const method of ['POST', 'GET'])
      expect(await send(method, '/v1/runs', { origin })).toEqual({ status: 403, code: 'FORBIDDEN_ORIGIN' });
  expect(await send('POST', '/v1/runs', { origin: `http://${host}` })).toEqual({
    status: 400,
    code: 'VALIDATION_ERROR',
  });
});

test('no other origin may read either: there are no CORS headers', async () => {
  const response = await api.get('/v1/runs', { headers: { origin: 'https://evil.example' } });
  expect([...response.headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([]);
});

test('says what it is, and nothing of what it is made of', async () => {
  const response = await api.get('/v1/runs');
  expect(response.headers.get('x-powered-by')).toBe(null);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
});

test('a path takes the methods that it has, also where it looks like that of a record', async () => {
  for (const [method, path, allow] of [
    ['GET', '/v1/runs/plan', 'POST'],
    ['DELETE', '/v1/runs/retries', 'POST'],
    ['PUT', '/v1/artifacts', 'POST'],
    ['OPTIONS', '/v1/runs', 'POST, GET, HEAD'],
  ] as const) {
    const refused = await fetch(`${api.url}${path}`, { method });
    expect([path, refused.status, refused.headers.get('allow')]).toEqual([path, 405, allow]);
  }
});
