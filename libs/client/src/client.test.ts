import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { CairnApiError, createCairnClient } from './index.js';

// A real HTTP server that answers as the API does, or does not.
let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise(resolve => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return createCairnClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
}
const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const caught = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as CairnApiError,
  );

test('a problem becomes an error with code, status and issues', async () => {
  const errors = [
    { path: '/difficulty/win_probability', code: 'VALIDATION_ERROR', message: 'must be at most 1' },
  ];
  const cairn = await serve((_request, response) =>
    json(response, 400, {
      type: '/docs#VALIDATION_ERROR',
      title: 'x',
      status: 400,
      detail: 'not valid',
      code: 'VALIDATION_ERROR',
      errors,
    }),
  );
  const error = await caught(cairn.startRun({ workflow: 'a', trigger: {} }));
  expect(error).toBeInstanceOf(CairnApiError);
  expect([error?.code, error?.status, error?.message, error?.errors, error?.retryable]).toEqual([
    'VALIDATION_ERROR',
    400,
    'not valid',
    errors,
    false,
  ]);
});

test('the key and the body are sent, and a replay is told', async () => {
  const seen: unknown[] = [];
  const cairn = await serve((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      seen.push([request.method, request.url, request.headers['idempotency-key'], JSON.parse(text)]);
      response.setHeader('Idempotency-Replayed', 'true');
      json(response, 202, { id: 'r', status: 'queued' });
    });
  });
  const request = { workflow: 'campaign.build', trigger: { campaign_id: 'x' } };
  const { run, replayed } = await cairn.startRun(request, { idempotencyKey: 'k' });
  expect([run.id, replayed]).toEqual(['r', true]);
  expect(seen).toEqual([['POST', '/v1/runs', 'k', request]]);
});

test('an answer that is not of this API', async () => {
  const cairn = await serve((_request, response) => response.writeHead(502).end('<html>'));
  const error = await caught(cairn.getRun('r'));
  expect([error?.code, error?.status]).toEqual(['BAD_ANSWER', 502]);
});

test('nobody there', async () => {
  const error = await caught(createCairnClient({ baseUrl: 'http://127.0.0.1:9' }).listRuns());
  expect([error?.code, error?.status, error?.retryable]).toEqual(['UNREACHABLE', 0, true]);
  expect(error?.message).toMatch(/^http:\/\/127\.0\.0\.1:9 cannot be reached: /);
});

test('waits until the run has ended, tells each change once, and sits out an outage', async () => {
  const answers = ['queued', 'running', 503, 'running', 'cut', 'completed'] as const;
  let asked = 0;
  const cairn = await serve((_request, response) => {
    const answer = answers[asked++];
    if (answer === 'cut') response.destroy();
    else if (answer === 503) json(response, 503, { code: 'DATABASE_UNAVAILABLE', detail: 'away' });
    else json(response, 200, { id: 'r', status: answer });
  });
  const changes: string[] = [];
  const run = await cairn.waitForRun('r', { pollMs: [1, 2], onChange: ({ status }) => changes.push(status) });
  expect(run.status).toBe('completed');
  expect(changes).toEqual(['queued', 'running', 'completed']);
  expect(asked).toBe(6);
});

test('gives up at the deadline, when aborted, and when the run is unknown', async () => {
  const cairn = await serve((request, response) =>
    request.url?.endsWith('unknown')
      ? json(response, 404, { code: 'NOT_FOUND', detail: 'no' })
      : json(response, 200, { id: 'r', status: 'running' }),
  );
  expect((await caught(cairn.waitForRun('r', { deadlineMs: 20, pollMs: [1, 2] })))?.code).toBe('DEADLINE');
  expect((await caught(cairn.waitForRun('unknown')))?.code).toBe('NOT_FOUND');
  const abort = new AbortController();
  const waiting = caught(
    cairn.waitForRun('r', { signal: abort.signal, onChange: () => abort.abort(new Error('enough')) }),
  );
  expect((await waiting)?.message).toBe('enough');
});

test('pages are followed to the end', async () => {
  const cairn = await serve((request, response) => {
    const cursor = new URL(request.url!, 'http://x').searchParams.get('cursor');
    json(
      response,
      200,
      cursor === null ? { items: [{ id: 1 }, { id: 2 }], nextCursor: 'c' } : { items: [{ id: 3 }] },
    );
  });
  const ids: unknown[] = [];
  for await (const { id } of cairn.runArtifacts('r')) ids.push(id);
  expect(ids).toEqual([1, 2, 3]);
});

test('readiness is an answer also when the API is not ready', async () => {
  const said = { status: 'unavailable', database: 'unavailable', temporal: 'ok', store: 'ok' };
  const cairn = await serve((_request, response) => json(response, 503, said));
  expect(await cairn.readiness()).toEqual(said);
});

test('a download that is refused', async () => {
  const cairn = await serve((_request, response) =>
    json(response, 410, { code: 'ARTIFACT_LOST', detail: 'gone' }),
  );
  expect((await caught(cairn.download('a')))?.code).toBe('ARTIFACT_LOST');
});

test('the version is told by Cairn alone', async () => {
  const info = { title: 'Cairn', version: '0.1.0' };
  const cairn = await serve((request, response) =>
    json(response, 200, request.url === '/openapi.json' ? { info } : {}),
  );
  expect(await cairn.version()).toBe('0.1.0');
  info.title = 'Something else';
  expect((await caught(cairn.version()))?.code).toBe('BAD_ANSWER');
});
