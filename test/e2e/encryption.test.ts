import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { Client, Connection } from '@temporalio/client';
import { CairnCommand } from '../support/cairn-command.js';
import { startCairn, temporalAddress, type Cairn } from '../support/cairn.js';
import { waitUntil } from '../support/wait-until.js';

// Real: API, worker, PostgreSQL, Temporal; what Temporal has is read by a client without keys.
const key = () => randomBytes(32).toString('base64');
const [FIRST, SECOND] = ['first', 'second'].map(id => `${id}:${key()}`) as [string, string];
const keys = (...all: string[]) => ({ CAIRN_ENCRYPTION_KEYS: all.join(',') });
/** What nobody is to read. */
const SECRET = 'rosebud';
const UI = 'http://127.0.0.1:8233';

let cairn: Cairn;
let connection: Connection;
let stranger: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: temporalAddress() });
  stranger = new Client({ connection });
  cairn = await startCairn({ env: { CAIRN_DRAIN: '100ms' } });
}, 90_000);
afterAll(async () => {
  await cairn?.stop();
  await connection?.close();
});

const start = async (workflow: string, name: string): Promise<Run> =>
  (await cairn.client.startRun({ workflow, trigger: { name } })).run;
const ended = ({ id }: Run) => cairn.client.waitForRun(id, { deadlineMs: 30_000 });
/** Starts a run whose second step waits until it is released. */
async function waiting(name: string): Promise<Run> {
  const run = await start('toy.reading', name);
  await waitUntil('its step waits', async () => {
    const { steps } = await cairn.client.getRun(run.id);
    return steps.some(({ stepId, status }) => stepId === 'between' && status === 'running');
  });
  return run;
}

interface Kept {
  /** Its events as JSON, and what their bytes are as text. */
  readonly text: string;
  /** Every payload, in the form of Protobuf's JSON. */
  readonly payloads: readonly { metadata: Record<string, string>; data: string }[];
}
/** All that Temporal keeps of a run. */
async function kept({ temporalWorkflowId }: Run): Promise<Kept> {
  const { events } = await stranger.workflow.getHandle(temporalWorkflowId).fetchHistory();
  const bytes: string[] = [];
  const payloads: { metadata: Record<string, string>; data: string }[] = [];
  const visit = (value: unknown): unknown => {
    if (value instanceof Uint8Array) {
      bytes.push(Buffer.from(value).toString('latin1'));
      return Buffer.from(value).toString('base64');
    }
    if (Array.isArray(value)) return value.map(visit);
    if (value === null || typeof value !== 'object') return value;
    const plain = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, visit(inner)]));
    if ('metadata' in value && 'data' in value) payloads.push(plain as (typeof payloads)[0]);
    return plain;
  };
  return { text: [JSON.stringify(visit(events)), ...bytes].join('\n'), payloads };
}

/** Both programs again, with other keys. */
async function restart(env: Record<string, string>): Promise<void> {
  await Promise.all([cairn.api.end(), cairn.worker.end()]);
  await Promise.all([cairn.api.start(env), cairn.worker.start(env)]);
}

test('what was begun before there were keys ends after them; what comes then is not readable', async () => {
  const before = await waiting(`before ${SECRET}`);
  expect((await kept(before)).text).toContain(SECRET);
  await restart(keys(FIRST));
  cairn.release(`before ${SECRET}`);
  expect((await ended(before)).status).toBe('completed');

  const run = await start('toy.broken', SECRET);
  expect(await ended(run)).toMatchObject({ status: 'failed', errorCode: 'TOY_FAILED' });
  const { text } = await kept(run);
  expect(text).toContain('binary/encrypted');
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('was told to fail');
  expect(text).toContain('Encoded failure');
}, 120_000);

test('another key; a program with a wrong one does not start, one without the old one says what it cannot read', async () => {
  await cairn.worker.end();
  const run = await start('toy.broken', `rotated ${SECRET}`);
  await cairn.api.end();
  await expect(cairn.worker.start(keys(`first:${key()}`))).rejects.toThrow(
    /cairn-worker: CAIRN_ENCRYPTION_KEYS has another key under the name "first" than this installation/,
  );
  await Promise.all([cairn.api.start(keys(SECOND, FIRST)), cairn.worker.start(keys(SECOND, 'first:gone'))]);
  await waitUntil('its log says what it cannot read', () =>
    cairn.worker.log.includes(
      'It was encrypted with the key \\"first\\", which is not in CAIRN_ENCRYPTION_KEYS',
    ),
  );
  expect((await cairn.client.getRun(run.id)).status).toBe('queued');
  await cairn.worker.end();
  await cairn.worker.start(keys(SECOND, FIRST));
  expect(await ended(run)).toMatchObject({ status: 'failed', errorCode: 'TOY_FAILED' });
  const { text, payloads } = await kept(run);
  const ids = payloads.map(({ metadata }) =>
    Buffer.from(metadata['encryption-key-id'] ?? '', 'base64').toString(),
  );
  expect([...new Set(ids)].filter(Boolean).sort()).toEqual(['first', 'second']);
  expect(text).not.toContain(SECRET);

  const server = new CairnCommand({ ...keys(SECOND, FIRST), CAIRN_TEMPORAL_UI: UI });
  const { process: child, said, heard } = server.start(['codec-server', '--port', '0']);
  try {
    const url = await waitUntil('it listens', () => /http:\S+:\d+/.exec(heard())?.[0]);
    const answer = await fetch(`${url}/decode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: UI, 'x-namespace': 'default' },
      body: JSON.stringify({ payloads }),
    });
    const decoded = ((await answer.json()) as { payloads: typeof payloads }).payloads;
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, UI]);
    expect(decoded.map(({ data = '' }) => Buffer.from(data, 'base64').toString()).join('\n')).toContain(
      SECRET,
    );
  } finally {
    child.kill('SIGTERM');
  }
  expect((await said).exit).toBe(143);
}, 120_000);
