import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { repositories, transaction } from '@cairn/dao';
import { newRun } from '@cairn/dao/testing';
import { http } from '@cairn/dto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Webhook as Verifier } from 'standardwebhooks';
import { checkedFetch, startTestApi, type TestApi } from '../testing/index.js';

// Real: the API with its loop, PostgreSQL, and a receiver on the loopback, which an installation without keys allows.
let api: TestApi;
let server: Server;
let hook: string;
let status = 204;
const received: { id: string; headers: Record<string, string>; body: string }[] = [];
beforeAll(async () => {
  api = await startTestApi({ webhooks: { timeoutMs: 1_000, retryAfterMs: [20, 20] } });
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      received.push({ id: headers['webhook-id']!, headers, body });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}, 60_000);
beforeEach(() => {
  status = 204;
});
afterAll(async () => {
  server.close();
  await api?.stop();
});

const send = async (method: string, path: string, body?: unknown) => {
  const response = await checkedFetch(`${api.url}${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: (text ? JSON.parse(text) : undefined) as unknown,
    headers: response.headers,
  };
};
const make = async (more: Partial<http.NewWebhookRequest> = {}) =>
  (await send('POST', '/v1/webhooks', { url: hook, ...more })).body as http.WebhookWithSecret;
const remove = (id: string) => send('DELETE', `/v1/webhooks/${id}`);
async function until<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + 10_000;
  for (;;) {
    const value = await ask();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not in time: ${ask.toString()}`);
    await delay(10);
  }
}
const deliveriesOf = async (id: string) =>
  ((await send('GET', `/v1/webhooks/${id}/deliveries`)).body as http.WebhookDeliveryList).items;
/** A run that has failed, by its event. */
async function fail(tenantId = 'local'): Promise<string> {
  const run = newRun({ tenantId });
  await transaction(api.dataSource, tx =>
    tx.events.append([
      { tenantId, type: 'run.failed', runId: run.id, data: { code: 'OOPS', message: 'm', durationMs: 1 } },
    ]),
  );
  return run.id;
}

test('a webhook is made, read, changed, listed and deleted; its secret is shown once', async () => {
  const made = await send('POST', '/v1/webhooks', { url: hook, description: 'for the team' });
  const { secret, ...webhook } = made.body as http.WebhookWithSecret;
  expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/webhooks/${webhook.id}`]);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(webhook).toMatchObject({
    ...{ url: hook, description: 'for the team', enabled: true, failures: 0 },
    types: ['run.completed', 'run.failed', 'run.cancelled', 'gate.opened', 'webhook.disabled'],
  });
  const path = `/v1/webhooks/${webhook.id}`;
  // It moves on as events come, also those of the webhook itself.
  const now = { ...webhook, position: expect.any(Number) };
  expect((await send('GET', path)).body).toEqual(now);
  const { items } = (await send('GET', '/v1/webhooks')).body as http.WebhookList;
  expect(items).toEqual([now]);

  const changed = await send('PUT', path, { url: `${hook}2`, types: ['run.*'], enabled: false });
  expect(changed.body).toMatchObject({
    url: `${hook}2`,
    types: ['run.*'],
    enabled: false,
    disabledReason: 'asked',
  });
  expect(changed.body).not.toHaveProperty('description');
  expect((await send('PUT', path, { url: hook, types: ['*'], enabled: true })).body).toMatchObject({
    enabled: true,
  });
  expect((await send('DELETE', path)).status).toBe(204);
  expect((await send('GET', path)).status).toBe(404);

  const events = await repositories(api.dataSource).eventLog.list('local', { order: 'oldest', limit: 100 });
  const told = events.filter(({ data }) => data['webhookId'] === webhook.id);
  expect(told.map(({ type, actor }) => `${type} ${actor}`)).toEqual(
    ['created', 'updated', 'disabled', 'updated', 'enabled', 'deleted'].map(what => `webhook.${what} local`),
  );
  expect(JSON.stringify(told)).not.toContain('whsec_');
  expect(JSON.stringify(told)).not.toContain('/hook');
});

test('what happens arrives as the event that the log has, and can be had again', async () => {
  const { id, secret } = await make();
  const before = received.length;
  const runId = await fail();
  await until(async () => received.length > before);
  const { body, headers } = received[before]!;
  const event = new Verifier(secret).verify(body, headers) as http.Event;
  const list = (await send('GET', `/v1/events?runId=${runId}`)).body as http.EventList;
  expect(event).toEqual(list.items[0]);
  expect([event.id, event.specversion, event.type]).toEqual([headers['webhook-id'], '1.0', 'run.failed']);

  const [delivery] = await until(async () => {
    const items = await deliveriesOf(id);
    return items[0]?.status === 'delivered' && items;
  });
  expect(delivery).toMatchObject({
    eventId: event.id,
    eventType: 'run.failed',
    attempts: 1,
    log: [{ status: 204 }],
  });
  expect(delivery).not.toHaveProperty('body');
  const again = await send('POST', `/v1/webhooks/${id}/deliveries/${delivery!.id}/replay`);
  expect([again.status, (again.body as http.WebhookDelivery).status]).toEqual([202, 'pending']);
  await until(async () => received.length > before + 1);
  expect(received[before + 1]!.id).toBe(event.id);

  const replayed = await send('POST', `/v1/webhooks/${id}/replay`, { after: event.position - 1, all: true });
  expect([replayed.status, replayed.body]).toEqual([
    202,
    { after: event.position - 1, to: expect.any(Number) },
  ]);
  await until(async () => received.length > before + 2);
  expect(received[before + 2]!.body).toBe(body);
  await remove(id);
});

test('a test is sent at once, and says how it came out', async () => {
  const { id, secret } = await make({ types: ['gate.opened'] });
  const good = (await send('POST', `/v1/webhooks/${id}/test`)).body as http.WebhookTest;
  expect(good).toMatchObject({ ok: true, status: 204 });
  const { body, headers } = received.find(one => one.id === good.messageId)!;
  expect(new Verifier(secret).verify(body, headers)).toMatchObject({
    type: 'webhook.ping',
    data: { webhookId: id },
  });
  status = 500;
  expect((await send('POST', `/v1/webhooks/${id}/test`)).body).toMatchObject({
    ...{ ok: false, status: 500, error: 'answered 500' },
  });
  // Nobody is disabled for a test, and nothing is tried again.
  expect((await send('GET', `/v1/webhooks/${id}`)).body).toMatchObject({ enabled: true, failures: 0 });
  await remove(id);
});

test('a new secret is shown once, and signs beside the old one for as long as was asked for', async () => {
  const { id, secret } = await make({ types: ['gate.opened'] });
  const rotated = (await send('POST', `/v1/webhooks/${id}/secret`, { overlap: '1h' }))
    .body as http.WebhookWithSecret;
  expect(rotated.secret).not.toBe(secret);
  expect(Date.parse(rotated.previousSecretUntil!) - Date.now()).toBeGreaterThan(3_590_000);
  const { messageId } = (await send('POST', `/v1/webhooks/${id}/test`)).body as http.WebhookTest;
  const { body, headers } = received.find(one => one.id === messageId)!;
  for (const one of [secret, rotated.secret]) new Verifier(one).verify(body, headers);
  const alone = (await send('POST', `/v1/webhooks/${id}/secret`, { overlap: '0' })).body as object;
  expect(alone).not.toHaveProperty('previousSecretUntil');
  expect((await send('GET', `/v1/webhooks/${id}`)).body).not.toHaveProperty('secret');
  await remove(id);
});

describe('what is refused', () => {
  const many = Array.from({ length: 51 }, (_, n) => `a.b${n}`);
  const FITTING = `http://127.0.0.1:8080/${'x'.repeat(2048 - 22)}`;
  test.each<[string, unknown, string]>([
    ['no URL', {}, '/url'],
    ['no URL at all', { url: 'hook' }, '/url'],
    ['2049 characters', { url: `${FITTING}x` }, '/url'],
    ['a private address', { url: 'https://10.0.0.1/' }, '/url'],
    ['a cloud’s own address', { url: 'http://169.254.169.254/latest' }, '/url'],
    ['a port of something else', { url: 'https://hook.example:25/' }, '/url'],
    ['a user', { url: 'https://me@hook.example/' }, '/url'],
    ['no types', { url: 'https://hook.example/', types: [] }, '/types'],
    ['51 types', { url: 'https://hook.example/', types: many }, '/types'],
    ['a type twice', { url: 'https://hook.example/', types: ['run.*', 'run.*'] }, '/types'],
    ['a type that is none', { url: 'https://hook.example/', types: ['run.*', 'run.complete'] }, '/types/1'],
    ['a subject that is none', { url: 'https://hook.example/', types: ['runs.*'] }, '/types/0'],
    ['a pattern that is none', { url: 'https://hook.example/', types: ['r*'] }, '/types/0'],
    [
      '501 characters of description',
      { url: 'https://hook.example/', description: 'x'.repeat(501) },
      '/description',
    ],
    ['more', { url: 'https://hook.example/', secret: 'whsec_mine' }, '/secret'],
  ])('%s', async (_what, body, at) => {
    const { status, body: problem } = await send('POST', '/v1/webhooks', body);
    const { errors } = problem as http.Problem;
    expect([status, errors?.[0]?.path]).toEqual([400, at]);
  });

  test('and what just fits is taken', async () => {
    const description = 'x'.repeat(500);
    const { id, url } = await make({ url: FITTING, description, types: ['*', 'run.*', 'run.failed'] });
    expect(url).toBe(FITTING);
    await remove(id);
  });

  test('an overlap of more than a week; a replay of nothing, or from two places', async () => {
    const { id } = await make();
    const at = async (path: string, body: unknown) => {
      const { status, body: problem } = await send('POST', `/v1/webhooks/${id}/${path}`, body);
      return [status, (problem as http.Problem).errors?.[0]?.path];
    };
    expect(await at('secret', { overlap: '168h' })).toEqual([200, undefined]);
    expect(await at('secret', { overlap: '169h' })).toEqual([400, '/overlap']);
    expect(await at('secret', { overlap: '1d' })).toEqual([400, '/overlap']);
    expect(await at('replay', {})).toEqual([400, '/since']);
    expect(await at('replay', { since: new Date().toISOString(), after: 1 })).toEqual([400, '/since']);
    expect(await at('replay', { since: 'yesterday' })).toEqual([400, '/since']);
    await send('PUT', `/v1/webhooks/${id}`, { url: hook, types: ['*'], enabled: false });
    expect(await at('replay', { after: 0 })).toEqual([409, undefined]);
    await remove(id);
  });

  test('the 51st webhook of a tenant, also when all come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: http.MOST_WEBHOOKS + 5 }, () =>
        send('POST', '/v1/webhooks', { url: hook, types: ['gate.opened'] }),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect([made.length, answers.filter(({ status }) => status === 409).length]).toEqual([
      http.MOST_WEBHOOKS,
      5,
    ]);
    for (const { body } of made) await remove((body as http.Webhook).id);
  });
});

test("another tenant's webhook and deliveries are unknown, whatever is asked", async () => {
  const { id } = await make();
  await fail();
  const [delivery] = await until(async () => {
    const items = await deliveriesOf(id);
    return items.length > 0 && items;
  });
  expect(delivery!.eventType).toBe('run.failed');
  await api.dataSource.query(`UPDATE "webhook" SET "tenantId" = 'other' WHERE "id" = $1`, [id]);
  await api.dataSource.query(`UPDATE "webhook_delivery" SET "tenantId" = 'other' WHERE "webhookId" = $1`, [
    id,
  ]);
  const asked: [string, string, unknown?][] = [
    ['GET', ''],
    ['PUT', '', { url: hook, types: ['*'], enabled: false }],
    ['DELETE', ''],
    ['POST', '/secret', {}],
    ['POST', '/test'],
    ['POST', '/replay', { after: 0 }],
    ['GET', '/deliveries'],
    ['POST', `/deliveries/${delivery!.id}/replay`],
  ];
  for (const [method, path, body] of asked)
    expect([method, path, (await send(method, `/v1/webhooks/${id}${path}`, body)).status]).toEqual([
      method,
      path,
      404,
    ]);
  expect(((await send('GET', '/v1/webhooks')).body as http.WebhookList).items).toEqual([]);
  expect(await repositories(api.dataSource).webhooks.getWebhook('other', id)).toMatchObject({
    status: 'enabled',
  });
});
