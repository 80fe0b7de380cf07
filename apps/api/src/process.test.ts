import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@cairn/dao/testing';
import { createCairnClient } from '@cairn/client';
import { Client, Connection } from '@temporalio/client';
import { campaignRequest, NO_TEMPORAL, startTestTemporal, type TestTemporal } from './testing/index.js';

// Real: the program as it is started, with PostgreSQL. Temporal is away unless a test says otherwise.
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
let database: TestDatabase;
let temporal: TestTemporal;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  database = await createTestDatabase();
  temporal = await startTestTemporal();
}, 60_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await temporal?.stop();
  await database?.drop();
});

function start(env: Record<string, string | undefined> = {}) {
  const child = fork(MAIN, [], {
    silent: true,
    execArgv: [],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: NO_TEMPORAL,
      CAIRN_PORT: '0',
      ...env,
    },
  });
  children.add(child);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  // Not 'close', which Node does not emit once the channel was disconnected from this side.
  const ended = Promise.all([once(child, 'exit'), once(child.stderr!, 'end')]).then(([[code, signal]]) => ({
    code: code as number,
    signal: signal as string,
    errors,
  }));
  const ready = once(child, 'message').then(([message]) => message as { kind: string; url: string });
  return { child, ended, ready };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'tells its parent where it listens, and stops on %s',
  async signal => {
    const { child, ready, ended } = start();
    const { kind, url } = await ready;
    expect(kind).toBe('ready');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    child.kill(signal);
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
  },
  60_000,
);

test('ends when its parent is gone', async () => {
  const { child, ready, ended } = start();
  await ready;
  child.disconnect();
  expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
}, 60_000);

test('a run that was accepted by a process that died is started by the next one', async () => {
  const first = start();
  const accepted = await createCairnClient({ baseUrl: (await first.ready).url }).startRun(campaignRequest());
  first.child.kill('SIGKILL');
  expect((await first.ended).signal).toBe('SIGKILL');

  const second = start({ TEMPORAL_ADDRESS: temporal.address, CAIRN_TASK_QUEUE: 'test-nobody' });
  await second.ready;
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const handle = new Client({ connection }).workflow.getHandle(accepted.run.temporalWorkflowId);
    const state = () =>
      handle.describe().then(
        ({ status, type }) => [type, status.name],
        () => undefined,
      );
    let seen = await state();
    while (seen === undefined) seen = await state();
    expect(seen).toEqual(['campaign.build', 'RUNNING']);
  } finally {
    await connection.close();
  }
  second.child.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
}, 60_000);

test('stops while it waits for PostgreSQL', async () => {
  const { child, ended } = start({ DATABASE_URL: 'postgres://cairn@127.0.0.1:9/cairn' });
  await once(child.stdout!, 'data');
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
}, 60_000);

test('says in one line why it cannot start', async () => {
  const taken = createServer();
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const cases: [Record<string, string | undefined>, unknown][] = [
    [
      { CAIRN_PORT: String(port) },
      `cairn-api: 127.0.0.1:${port} is taken; set CAIRN_PORT to another port, or 0 for any\n`,
    ],
    [{ CAIRN_PORT: 'http' }, 'cairn-api: CAIRN_PORT is "http", but it must be a port, 0 to 65535\n'],
    [
      { DATABASE_URL: undefined },
      'cairn-api: DATABASE_URL is not set; e.g. postgres://cairn@127.0.0.1/cairn\n',
    ],
    [
      { CAIRN_CATALOG: '/no/such/catalog.json' },
      expect.stringMatching(/^cairn-api: .*\/no\/such\/catalog\.json.*\n$/),
    ],
  ];
  try {
    for (const [env, line] of cases)
      expect(await start(env).ended).toEqual({ code: 1, signal: null, errors: line });
  } finally {
    await new Promise(resolve => taken.close(resolve));
  }
}, 60_000);
