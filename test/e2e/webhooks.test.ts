import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Run, WebhookDeliveryList, WebhookTest, WebhookWithSecret } from '@cairn/client';
import { Webhook } from 'standardwebhooks';
import { blocksOf } from '../docs/blocks.js';
import { CairnCommand } from '../support/cairn-command.js';
import { startCairn, type Cairn } from '../support/cairn.js';
import { REPOSITORY } from '../support/campaign.js';
import { waitUntil } from '../support/wait-until.js';

// Real: API, worker, the command, PostgreSQL, Temporal, and a receiver on the loopback. Attempts may take half a second.
let cairn: Cairn;
let command: CairnCommand;
let server: Server;
let url: string;
interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}
let received: Received[] = [];
/** What the receiver does with a request that has come. */
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body });
      answer(response);
    });
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  cairn = await startCairn({
    apiEnv: { CAIRN_WEBHOOK_TIMEOUT: '500ms', CAIRN_WEBHOOK_RETRY: '50ms,50ms,50ms' },
  });
  command = new CairnCommand({ CAIRN_URL: cairn.url, CAIRN_HOME: cairn.home });
}, 90_000);
beforeEach(() => {
  received = [];
  answer = response => response.writeHead(204).end();
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await cairn?.stop();
});

const run = async (): Promise<Run> => {
  const trigger = { name: 'webhooks' };
  const { run: started } = await cairn.client.startRun({ workflow: 'toy.diamond', trigger });
  return cairn.client.waitForRun(started.id, { deadlineMs: 30_000 });
};
const idOf = ({ headers }: Received) => headers['webhook-id'];
const arrived = (count: number) =>
  waitUntil(`${count} have arrived`, () => received.length >= count && received);

test('the command makes a webhook, which is told how a run came out; it shows, tries, replays and deletes it', async () => {
  const made = await command.json<WebhookWithSecret>(
    'webhooks',
    'create',
    url,
    '--types',
    'run.completed',
    'gate.*',
  );
  const { id, secret } = made.document;
  const { id: runId } = await run();
  const [message] = (await arrived(1)) as [Received];
  expect(new Webhook(secret).verify(message.body, message.headers)).toMatchObject({
    ...{
      specversion: '1.0',
      type: 'run.completed',
      subject: `runs/${runId}`,
      runid: runId,
      tenantid: 'local',
    },
  });

  // Each command is a process: together they take the time of the slowest.
  const [list, shown, tried, refused, usage] = await Promise.all([
    command.run('webhooks', 'list'),
    command.run('webhooks', 'show', id.slice(0, 8)),
    command.json<WebhookTest>('webhooks', 'test', 'last'),
    command.run('webhooks', 'create', 'http://10.0.0.1/'),
    command.run('webhooks', 'replay', id),
  ]);
  const row = new RegExp(`${id} +${url} +✔ enabled +run.completed gate.\\*`);
  expect([list.exit, list.stdout]).toEqual([0, expect.stringMatching(row)]);
  expect([shown.exit, shown.stdout.includes('whsec_'), shown.stdout.includes(url)]).toEqual([0, false, true]);
  expect([tried.exit, tried.document]).toMatchObject([0, { ok: true, status: 204 }]);
  expect([refused.exit, refused.stderr]).toEqual([
    2,
    expect.stringContaining('10.0.0.1 is no public address'),
  ]);
  expect(usage.exit).toBe(2);

  const page = await command.json<WebhookDeliveryList>('webhooks', 'deliveries', id, '--status', 'delivered');
  const [delivery] = page.document.items;
  expect([delivery!.eventId, delivery!.attempts]).toEqual([idOf(message), 1]);
  const before = received.length;
  const since = new Date(Date.parse(delivery!.createdAt) - 60_000).toISOString();
  const [again, replayed] = await Promise.all([
    command.run('webhooks', 'replay', id, '--delivery', delivery!.id),
    command.run('webhooks', 'replay', id, '--since', since, '--all'),
  ]);
  expect([again.exit, again.stdout]).toEqual([0, '  run.completed is sent again\n']);
  expect(replayed.stdout).toMatch(/Positions \d+ to \d+ are gone through again/);
  expect(idOf((await arrived(before + 1))[before]!)).toBe(idOf(message));

  answer = response => response.writeHead(500).end();
  const [disabled, failed] = await Promise.all([
    command.run('webhooks', 'disable', id),
    command.run('webhooks', 'test', id),
  ]);
  expect([disabled.exit, disabled.stdout]).toEqual([0, expect.stringContaining('✖ disabled (asked)')]);
  expect([failed.exit, failed.stdout]).toEqual([1, expect.stringContaining('✖ answered 500')]);
  const updated = await command.run('webhooks', 'update', id, '--to', `${url}2`);
  expect([updated.exit, updated.stdout]).toEqual([0, expect.stringContaining(`${url}2`)]);
  const enabled = await command.run('webhooks', 'enable', id);
  expect([enabled.exit, enabled.stdout]).toEqual([0, expect.stringContaining('✔ enabled')]);
  expect(await command.run('webhooks', 'delete', id)).toMatchObject({ exit: 0 });
}, 60_000);

test('an API that is killed between delivery and record has it delivered again, with the same id', async () => {
  const { secret, id } = await cairn.client.createWebhook({ url, types: ['run.completed'] });
  // It has arrived; before the answer is sent, nobody is there any more to take it.
  answer = response => {
    cairn.api.signal('SIGKILL');
    response.writeHead(204).end();
  };
  await cairn.client.startRun({ workflow: 'toy.diamond', trigger: { name: 'killed' } });
  await arrived(1);
  await waitUntil('the API is dead', () => !cairn.api.running);
  const [row] = await cairn.dataSource.query<{ status: string; attempts: number; log: unknown[] }[]>(
    `SELECT "status", "attempts", "log" FROM "webhook_delivery" WHERE "webhookId" = $1`,
    [id],
  );
  expect(row).toEqual({ status: 'pending', attempts: 1, log: [] });

  answer = response => response.writeHead(204).end();
  await cairn.api.start();
  const [first, second] = (await arrived(2)) as [Received, Received];
  expect([idOf(second), second.body]).toEqual([idOf(first), first.body]);
  new Webhook(secret).verify(second.body, second.headers);
  const { items } = await waitUntil('it is recorded', async () => {
    const page = await cairn.client.listWebhookDeliveries(id);
    return page.items[0]?.status === 'delivered' && page;
  });
  // Of the first attempt nobody knows how it came out.
  expect(items.map(({ attempts, log }) => [attempts, log.map(one => one.attempt)])).toEqual([[2, [2]]]);
  expect(received.length).toBe(2);
  await cairn.client.deleteWebhook(id);
}, 60_000);

test('the receiver of the docs takes what is signed, once, and nothing else', async () => {
  const example = blocksOf('docs/webhooks.md').find(({ file }) => file === 'receiver.mjs');
  const { id, secret } = await cairn.client.createWebhook({ url, types: ['run.completed'] });
  await run();
  const [message] = (await arrived(1)) as [Received];
  await cairn.client.deleteWebhook(id);

  // Where the packages of the project are found.
  const folder = mkdtempSync(join(REPOSITORY, 'test/dist/receiver-'));
  const port = await freePort();
  writeFileSync(join(folder, 'receiver.mjs'), example!.text.replace('9099', String(port)));
  let child: ChildProcess | undefined;
  try {
    child = spawn(process.execPath, ['receiver.mjs'], { cwd: folder, env: { WEBHOOK_SECRET: secret } });
    let printed = '';
    child.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const post = (headers: Record<string, string>, body: string) =>
      fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body }).then(
        ({ status }) => status,
        () => undefined,
      );
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-type'];
    const headers = Object.fromEntries(names.map(name => [name, message.headers[name]!]));
    expect(await waitUntil('it listens', () => post(headers, message.body))).toBe(204);
    expect(await post(headers, message.body)).toBe(204);
    expect(await post(headers, message.body.replace('run.completed', 'run.failed'))).toBe(400);
    expect(printed).toMatch(/^run\.completed runs\/[0-9a-f-]{36}\n$/);
  } finally {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}, 60_000);

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise(resolve => probe.close(resolve));
  return port;
}
