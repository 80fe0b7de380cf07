import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { repositories, type NewEvent, type WebhookDelivery } from '@cairn/dao';
import { KeyRing } from '@cairn/payload-codec';
import { Webhook as Verifier } from 'standardwebhooks';
import { AddressRules } from './address-rules.js';
import { Courier, type CourierSettings } from './courier.js';
import { SecretSafe } from './secret-safe.js';
import { startReceiver, type Receiver } from './testing/receiver.js';
import { startTestLog, type TestLog } from './testing/test-log.js';
import { WebhookService } from './webhook-service.js';

// Real: PostgreSQL, HTTP, and the signatures are verified by Standard Webhooks' own library. Only the pauses are short.
let log: TestLog;
let receiver: Receiver;
let tenantId: string;
let couriers: Courier[] = [];
const safe = new SecretSafe(new KeyRing([{ id: 'k', key: Buffer.alloc(32, 1) }]));
const rules = new AddressRules(['127.0.0.1']);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const version = '0.0.0';
let service: WebhookService;
beforeAll(async () => {
  log = await startTestLog();
  service = new WebhookService({ dataSource: log.dataSource, safe, rules, version, timeoutMs: 5_000 });
}, 60_000);
beforeEach(async () => {
  receiver = await startReceiver();
  tenantId = `t-${randomUUID()}`;
});
afterEach(async () => {
  await receiver.stop();
  await Promise.all(couriers.map(courier => courier.stop()));
  couriers = [];
});
afterAll(() => log.stop());

/** A courier with pauses of a few milliseconds, as one process has it. */
function courier(settings: Partial<CourierSettings> = {}): Courier {
  const one = new Courier(
    {
      ...{ dataSource: log.dataSource, safe, rules, version, log: silent },
      render: ({ id, type, position, data }) => JSON.stringify({ id, type, position, data }),
    },
    { timeoutMs: 10_000, retryAfterMs: [20, 20, 20], ...settings },
  );
  couriers.push(one);
  return one;
}

/** Lets couriers look until something holds. @throws Error when it does not within ten seconds */
async function until<T>(what: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + 10_000;
  for (;;) {
    for (const one of couriers) await one.tick();
    const value = await what();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not in time: ${what.toString()}`);
    await delay(5);
  }
}

const failed = (code: string): NewEvent => ({
  tenantId,
  type: 'run.failed',
  runId: randomUUID(),
  data: { code, message: 'm', durationMs: 1 },
});
const make = (types: string[] = ['run.*'], path = '') =>
  service.create(tenantId, { url: `${receiver.url}/${path}`, types });
const read = (id: string) => repositories(log.dataSource).webhooks.getWebhook(tenantId, id);
const deliveries = async (id: string): Promise<WebhookDelivery[]> => {
  const { rows } = await repositories(log.dataSource).webhookDeliveries.listDeliveries(tenantId, id, {
    limit: 200,
  });
  return rows.reverse();
};
const eventTypes = async () => {
  await log.sequence();
  const events = await repositories(log.dataSource).eventLog.readEvents(tenantId, 0, 1_000);
  return events.map(({ type }) => type);
};
const ids = () => receiver.received.map(({ headers }) => headers['webhook-id']);

describe('a webhook', () => {
  test('gets what happens after it was made, of its types, and signed', async () => {
    await log.happen(failed('before'));
    const { webhook, secret } = await make(['run.failed', 'gate.*']);
    const [wanted] = await log.happen(failed('now'), {
      ...{ tenantId, type: 'cache.evicted' },
      data: { evicted: 1, filter: {} },
    });
    courier();
    await until(async () => (await deliveries(webhook.id))[0]?.status === 'delivered');
    expect(ids()).toEqual([wanted]);
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
    expect(new Verifier(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      ...{ id: wanted, type: 'run.failed' },
      data: { code: 'now' },
    });
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(() => new Verifier(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
    expect(await deliveries(webhook.id)).toMatchObject([
      { status: 'delivered', attempts: 1, nextAttemptAt: null, log: [{ attempt: 1, status: 204 }] },
    ]);
  });

  test('of another tenant gets nothing of it', async () => {
    const mine = await make(['*'], 'mine');
    const other = await service.create(`o-${tenantId}`, { url: `${receiver.url}/theirs`, types: ['*'] });
    await log.happen(failed('mine'));
    courier();
    await until(async () =>
      (await deliveries(mine.webhook.id)).some(
        ({ eventType, status }) => eventType === 'run.failed' && status === 'delivered',
      ),
    );
    const theirs = receiver.received.filter(({ path }) => path === '/theirs');
    expect(theirs.map(({ body }) => JSON.parse(body).type)).not.toContain('run.failed');
    expect(await repositories(log.dataSource).webhooks.getWebhook(tenantId, other.webhook.id)).toBeNull();
  });

  test('is signed with both secrets after a rotation, and with the new one alone when that is over', async () => {
    const { webhook, secret } = await make(['run.failed']);
    const rotated = await service.rotateSecret(tenantId, webhook.id, 60_000);
    await log.happen(failed('both'));
    courier();
    await until(() => receiver.received.length === 1);
    const both = receiver.received[0]!;
    for (const one of [secret, rotated.secret])
      expect(new Verifier(one).verify(both.body, both.headers as Record<string, string>)).toMatchObject({
        type: 'run.failed',
      });
    const last = await service.rotateSecret(tenantId, webhook.id, 0);
    await log.happen(failed('new'));
    await until(() => receiver.received.length === 2);
    const { body, headers } = receiver.received[1]!;
    new Verifier(last.secret).verify(body, headers as Record<string, string>);
    for (const old of [secret, rotated.secret])
      expect(() => new Verifier(old).verify(body, headers as Record<string, string>)).toThrow(
        'No matching signature found',
      );
  });

  test('has its secret encrypted in the database', async () => {
    const { webhook, secret } = await make();
    const stored = (await read(webhook.id))!.secret;
    expect(stored).toMatch(/^sealed:k:/);
    expect(stored).not.toContain(secret.slice(6, 20));
    expect(safe.read(stored, webhook.id)).toBe(secret);
    expect(() => safe.read(stored, randomUUID())).toThrow('does not open');
    expect(() => new SecretSafe().read(stored, webhook.id)).toThrow('CAIRN_ENCRYPTION_KEYS is not set');
  });
});

describe('a receiver that fails', () => {
  test('is tried again, later each time, with the same id, until it takes it', async () => {
    const { webhook } = await make(['run.failed']);
    receiver.answer = 503;
    const [event] = await log.happen(failed('x'));
    courier({ retryAfterMs: [40, 80, 160] });
    await until(() => receiver.received.length === 3);
    receiver.answer = 200;
    const [delivery] = await until(
      async () => (await deliveries(webhook.id))[0]?.status === 'delivered' && deliveries(webhook.id),
    );
    expect(ids()).toEqual([event, event, event, event]);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(delivery!.log.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 503],
      [2, 503],
      [3, 503],
      [4, 200],
    ]);
    const [first, second, third, fourth] = delivery!.log.map(({ at }) => Date.parse(at));
    expect([second! - first! >= 40, third! - second! >= 80, fourth! - third! >= 160]).toEqual([
      true,
      true,
      true,
    ]);
    expect(await read(webhook.id)).toMatchObject({ failures: 0, failingSince: null });
  });

  test('is given up after the last attempt; asked for by hand, all begins anew', async () => {
    const { webhook } = await make(['run.failed']);
    receiver.answer = 500;
    const [event] = await log.happen(failed('x'));
    courier({ retryAfterMs: [10] });
    const [delivery] = await until(
      async () => (await deliveries(webhook.id))[0]?.status === 'failed' && deliveries(webhook.id),
    );
    expect([delivery!.attempts, receiver.received.length]).toEqual([2, 2]);
    await service.replayDelivery(tenantId, webhook.id, delivery!.id);
    await until(() => receiver.received.length === 4);
    receiver.answer = 200;
    await until(async () => (await deliveries(webhook.id))[0]?.status === 'failed');
    await service.replayDelivery(tenantId, webhook.id, delivery!.id);
    await until(async () => (await deliveries(webhook.id))[0]?.status === 'delivered');
    expect(ids()).toEqual(Array.from({ length: 5 }, () => event));
    expect((await eventTypes()).filter(type => type === 'webhook.replayed').length).toBe(2);
  });

  test('is not tried before it wants to be', async () => {
    const { webhook } = await make(['run.failed']);
    receiver.answer = (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    await log.happen(failed('x'));
    courier();
    const [delivery] = await until(
      async () => (await deliveries(webhook.id))[0]?.log.length === 1 && deliveries(webhook.id),
    );
    const waits = delivery!.nextAttemptAt!.getTime() - Date.parse(delivery!.log[0]!.at);
    expect(Math.round(waits / 60_000)).toBe(60);
  });

  test('is disabled when it says that it is gone, and what is on its way is given up', async () => {
    const { webhook } = await make(['run.failed']);
    receiver.answer = 410;
    await log.happen(failed('x'), failed('y'));
    courier({ perWebhook: 1 });
    await until(async () => (await read(webhook.id))?.status === 'disabled');
    expect(await read(webhook.id)).toMatchObject({ disabledReason: 'gone' });
    expect((await deliveries(webhook.id)).map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(receiver.received.length).toBe(1);
    expect(await eventTypes()).toContain('webhook.disabled');
  });

  test('is disabled when nothing has arrived for long; enabled again it gets what is new, and the rest by a replay', async () => {
    const { webhook } = await make(['run.failed']);
    receiver.answer = 500;
    const [one] = await log.happen(failed('x'));
    const impatient = { retryAfterMs: Array.from({ length: 1_000 }, () => 10), disableAfterMs: 1_000 };
    courier(impatient);
    await until(async () => (await read(webhook.id))?.status === 'disabled');
    const { disabledReason, failures } = (await read(webhook.id))!;
    expect([disabledReason, failures >= 2]).toEqual(['failing', true]);
    const disabledEvents = (await eventTypes()).filter(type => type === 'webhook.disabled');
    expect(disabledEvents).toEqual(['webhook.disabled']);
    const [missed] = await log.happen(failed('missed'));
    await expect(service.replay(tenantId, webhook.id, { after: 0 })).rejects.toMatchObject({
      code: 'CONFLICT',
    });

    receiver.answer = 200;
    const before = receiver.received.length;
    await service.update(tenantId, webhook.id, { url: webhook.url, types: webhook.types, enabled: true });
    const [fresh] = await log.happen(failed('fresh'));
    await until(() => receiver.received.length > before);
    expect(ids().slice(before)).toEqual([fresh]);
    await service.replay(tenantId, webhook.id, {
      since: new Date(webhook.createdAt.getTime() - 1).toISOString(),
    });
    await until(
      async () => (await deliveries(webhook.id)).filter(({ status }) => status === 'delivered').length === 3,
    );
    expect(ids().slice(before).sort()).toEqual([one, missed, fresh].sort());
    expect(await read(webhook.id)).toMatchObject({ status: 'enabled', failures: 0, replayTo: null });
  });
});

test('a replay of all sends again what has arrived, and each once', async () => {
  const { webhook } = await make(['run.failed']);
  const events = await log.happen(...['a', 'b', 'c', 'd'].map(failed));
  courier();
  await until(() => receiver.received.length === 4);
  await until(async () => (await deliveries(webhook.id)).every(({ status }) => status === 'delivered'));
  const { position } = (await deliveries(webhook.id))[1]!;
  const span = await service.replay(tenantId, webhook.id, { after: position - 1, all: true });
  expect(span.after).toBe(position - 1);
  await until(() => receiver.received.length === 7);
  await until(async () => (await read(webhook.id))?.replayTo === null);
  expect(ids().slice(4).sort()).toEqual(events.slice(1).sort());
  // Without all there is nothing that was missed.
  await service.replay(tenantId, webhook.id, { after: 0 });
  await until(async () => (await read(webhook.id))?.replayTo === null);
  expect(receiver.received.length).toBe(7);
});

test('a slow receiver holds up nobody else, and gets no more at once than it may', async () => {
  const slow = await startReceiver();
  try {
    let atOnce = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    slow.answer = (_request, response) => {
      most = Math.max(most, ++atOnce);
      waiting.push(() => {
        atOnce--;
        response.writeHead(200).end();
      });
    };
    const stuck = await service.create(tenantId, { url: slow.url, types: ['run.failed'] });
    const { webhook } = await make(['run.failed']);
    await log.happen(...Array.from({ length: 12 }, (_, n) => failed(String(n))));
    courier({ perWebhook: 3, perTenant: 8, overall: 8, timeoutMs: 20_000 });
    await until(() => receiver.received.length === 12);
    expect([slow.received.length, most]).toEqual([3, 3]);
    await until(async () => {
      for (const answer of waiting.splice(0)) answer();
      return (await deliveries(stuck.webhook.id)).every(({ status }) => status === 'delivered');
    });
    expect([slow.received.length, most]).toEqual([12, 3]);
    expect((await deliveries(webhook.id)).length).toBe(12);
  } finally {
    await slow.stop();
  }
});

test('two processes share the work: each event is sent once', async () => {
  const { webhook } = await make(['run.failed']);
  const events = await log.happen(...Array.from({ length: 300 }, (_, n) => failed(String(n))));
  couriers = [courier(), courier()];
  const both = couriers;
  couriers = [];
  const end = performance.now() + 20_000;
  while (receiver.received.length < 300 && performance.now() < end)
    await Promise.all(both.map(one => one.tick()));
  await Promise.all(both.map(one => one.stop()));
  expect(ids().sort()).toEqual([...events].sort());
  expect((await deliveries(webhook.id)).every(({ attempts }) => attempts === 1)).toBe(true);
});

test('what a process had taken that does not come back is taken over, with the same id', async () => {
  const { webhook } = await make(['run.failed']);
  const [event] = await log.happen(failed('x'));
  const across = repositories(log.dataSource).webhooksAcrossTenants;
  const first = courier({ perWebhook: 0 });
  await first.tick();
  // Another process begins the attempt, and is gone.
  const [taken] = await across.take(webhook.id, 1, 2_000);
  expect(taken).toMatchObject({ eventId: event, attempts: 1 });
  expect(await across.take(webhook.id, 1, 2_000)).toEqual([]);
  courier();
  await until(async () => (await deliveries(webhook.id))[0]?.status === 'delivered');
  expect((await deliveries(webhook.id))[0]).toMatchObject({
    attempts: 2,
    log: [{ attempt: 2, status: 204 }],
  });
  // Should it come back after all, its failure is no longer news.
  const attempt = { attempt: 1, at: new Date().toISOString(), durationMs: 1, error: 'late' };
  expect(await across.endAttempt(taken!, { attempt, delivered: false, nextInMs: 1 })).toBe(false);
  expect(ids()).toEqual([event]);
});
