import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { readdir } from 'node:fs/promises';
import { writtenEvents } from '@cairn/dao/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createCairnClient } from '@cairn/client';
import { repositories } from '@cairn/dao';
import { campaignRequest, checkedFetch, startTestApi, type TestApi } from '../testing/index.js';
import { digestOfHeader } from './content-digest.js';

// Real: PostgreSQL, HTTP, the file store.
const MAX = 100_000;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ maxUploadBytes: MAX });
});
afterAll(() => api.stop());
beforeEach(() => api.dataSource.query('TRUNCATE "artifact", "blob", "blob_lease", "event" CASCADE'));

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const headerOf = (bytes: Uint8Array) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
const upload = (
  bytes: RequestInit['body'],
  { query = 'type=image/logo&filename=logo.png', headers = {} as Record<string, string> } = {},
) =>
  api.get(`/v1/artifacts?${query}`, { method: 'POST', body: bytes, headers, duplex: 'half' } as RequestInit);
const outcome = async (response: Response) => {
  const body = (await response.json()) as { code?: string; errors?: { path: string }[] };
  return [response.status, body.code, ...(body.errors ?? []).map(({ path }) => path)];
};
const count = async (table: string) => {
  const [row] = await api.dataSource.query<{ n: number }[]>(`SELECT count(*)::int AS n FROM "${table}"`);
  return row!.n;
};
const stored = async () => {
  const digests: string[] = [];
  for await (const { digest } of api.store.list('local')) digests.push(digest);
  return digests;
};
/** Nothing is recorded, and nothing of it is stored. */
const nothingOf = async (bytes: Uint8Array) => {
  expect([await count('artifact'), await count('event')]).toEqual([0, 0]);
  expect(await stored()).not.toContain(digestOf(bytes));
};

describe('an upload', () => {
  test('is stored, recorded and can be read, whatever its Content-Type', async () => {
    for (const type of ['image/png', 'application/json', 'text/plain; charset=utf-16', undefined]) {
      const bytes = randomBytes(5_000);
      const headers: Record<string, string> = { 'content-digest': headerOf(bytes) };
      if (type !== undefined) headers['content-type'] = type;
      const response = await upload(bytes, { headers });
      const artifact = (await response.json()) as Record<string, unknown>;
      expect([response.status, response.headers.get('location')]).toEqual([
        201,
        `/v1/artifacts/${String(artifact['id'])}`,
      ]);
      expect(artifact).toEqual({
        id: expect.any(String),
        skillId: 'upload',
        name: 'upload',
        type: 'image/logo',
        uri: api.store.uri('local', digestOf(bytes)),
        contentHash: digestOf(bytes),
        sizeBytes: 5_000,
        filename: 'logo.png',
        mediaType: 'image/png',
        metadata: {},
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      });
      const path = response.headers.get('location')!;
      expect(await (await api.get(path)).json()).toEqual(artifact);
      const content = await api.get(`${path}/content`);
      expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
      expect(content.headers.get('content-type')).toBe('image/png');
    }
    const { blobs } = repositories(api.dataSource);
    const [first] = await stored().then(digests => digests.slice(-1));
    expect(await blobs.getBlob('local', first!)).toMatchObject({
      sizeBytes: 5_000,
      verifiedAt: expect.any(Date),
    });
    const events = await writtenEvents(api.dataSource, 'local');
    expect(events.map(({ type, runId }) => [type, runId])).toEqual(
      Array.from({ length: 4 }, () => ['artifact.uploaded', null]),
    );
  });

  test('of exactly the most bytes is taken, announced by its length or not; of one more it is not', async () => {
    const most = randomBytes(MAX);
    const more = randomBytes(MAX + 1);
    const stream = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]).stream();
    expect((await upload(most)).status).toBe(201);
    expect((await upload(stream(most))).status).toBe(201);
    expect(await count('artifact')).toBe(2);
    await api.dataSource.query('TRUNCATE "artifact", "event"');
    expect(await outcome(await upload(more))).toEqual([413, 'BODY_TOO_LARGE']);
    expect(await outcome(await upload(stream(more)))).toEqual([413, 'BODY_TOO_LARGE']);
    await nothingOf(more);
  });

  test('too large by its Content-Length is refused before a byte is sent', async () => {
    const { status, continued } = await ask({ 'content-length': String(MAX + 1), expect: '100-continue' });
    expect([status, continued]).toEqual([413, false]);
    const good = randomBytes(10);
    const headers = { 'content-length': '10', expect: '100-continue' };
    expect(await ask(headers, good)).toEqual({ status: 201, continued: true });
  });

  test.each<[string, Record<string, string>, number]>([
    ['its length', { 'content-length': String(MAX + 1) }, 10],
    ['what has come of it', { 'transfer-encoding': 'chunked' }, 3 * MAX],
  ])(
    'that is refused for %s is answered, and not read on: its connection is cut soon after',
    async (_what, headers, bytes) => {
      const sent = open(headers);
      const closed = new Promise<boolean>(resolve => sent.on('close', () => resolve(true)));
      sent.on('error', () => undefined);
      // Never ended: the sender would go on.
      const status = await new Promise(resolve => {
        sent.on('response', response => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.write(randomBytes(bytes));
      });
      expect([status, await closed]).toEqual([413, true]);
      expect([await count('artifact'), await incoming()]).toEqual([0, []]);
    },
  );

  test('without a byte is one too', async () => {
    const artifact = (await (await upload(new Uint8Array())).json()) as {
      sizeBytes: number;
      contentHash: string;
    };
    expect([artifact.sizeBytes, artifact.contentHash]).toEqual([0, digestOf(new Uint8Array())]);
  });

  test.each(['content-digest', 'repr-digest'])('whose %s says otherwise leaves nothing', async name => {
    const bytes = randomBytes(500);
    const wrong = await upload(bytes, { headers: { [name]: headerOf(randomBytes(500)) } });
    expect(await outcome(wrong)).toEqual([400, 'DIGEST_MISMATCH']);
    await nothingOf(bytes);
    expect(await count('blob')).toBe(0);
    const right = await upload(bytes, { headers: { [name]: `sha-512=:AAAA:, ${headerOf(bytes)}` } });
    expect(right.status).toBe(201);
  });

  test('that its client breaks off leaves nothing', async () => {
    const bytes = randomBytes(50_000);
    const sent = open({ 'content-length': '60000' });
    sent.on('error', () => undefined);
    await new Promise<void>(resolve => sent.write(bytes, () => resolve()));
    // It is being written, and gone when the client is.
    await until(async () => (await incoming()).length === 1);
    sent.destroy();
    await until(async () => (await incoming()).length === 0);
    await nothingOf(bytes);
    expect(await count('blob')).toBe(0);
  });

  test('of the same bytes by many at once is as many artifacts of one blob', async () => {
    const bytes = randomBytes(20_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => upload(bytes)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect([await count('artifact'), await count('blob')]).toEqual([20, 1]);
    await api.store.verify('local', digestOf(bytes));
  });

  test('whose bytes are collected before the row is written is refused, to be sent again', async () => {
    const bytes = randomBytes(1_000);
    // Stands for a collection without grace: the row goes as soon as it is there.
    await api.dataSource.query(
      `CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN DELETE FROM "blob" WHERE "digest" = NEW."digest"; RETURN NULL; END $$`,
    );
    await api.dataSource.query(
      'CREATE TRIGGER forget AFTER INSERT ON "blob" FOR EACH ROW EXECUTE FUNCTION forget()',
    );
    const response = await upload(bytes);
    await api.dataSource.query('DROP FUNCTION forget CASCADE');
    expect([response.headers.get('retry-after'), ...(await outcome(response))]).toEqual([
      '1',
      503,
      'STORE_UNAVAILABLE',
    ]);
    expect([await count('artifact'), await count('event')]).toEqual([0, 0]);
    expect((await upload(bytes)).status).toBe(201);
  });

  test('comes through the client, as a stream too', async () => {
    const cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
    const bytes = new Uint8Array(randomBytes(3_000));
    const digest = digestOf(bytes);
    const whole = await cairn.uploadArtifact(bytes, { type: 'image/logo', filename: 'ロゴ 1.png', digest });
    expect(whole).toMatchObject({ contentHash: digest, filename: 'ロゴ 1.png' });
    const streamed = await cairn.uploadArtifact(new Blob([bytes]).stream(), { type: 'image/logo' });
    expect(streamed).toMatchObject({ contentHash: digest });
    expect(streamed.filename).toBe(undefined);
    const other = digestOf(randomBytes(1));
    await expect(cairn.uploadArtifact(bytes, { type: 'image/logo', digest: other })).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      retryable: false,
    });
    await cairn.deleteArtifact(whole.id);
    await expect(cairn.deleteArtifact(whole.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('an upload that is refused leaves nothing', () => {
  const bytes = Buffer.from('a logo');
  test.each<[string, string, Record<string, string>, unknown[]]>([
    ['no type', 'filename=a.png', {}, [400, 'VALIDATION_ERROR', '/type']],
    ['a type that is none', 'type=logo', {}, [400, 'VALIDATION_ERROR', '/type']],
    ['a type with a wildcard', 'type=image/*', {}, [400, 'VALIDATION_ERROR', '/type']],
    ['a type in capitals', 'type=Image/logo', {}, [400, 'VALIDATION_ERROR', '/type']],
    ['a type of 101 characters', `type=image/${'a'.repeat(95)}`, {}, [400, 'VALIDATION_ERROR', '/type']],
    ['a name with a folder', 'type=image/logo&filename=a%2Fb', {}, [400, 'VALIDATION_ERROR', '/filename']],
    ['a name that is a folder', 'type=image/logo&filename=..', {}, [400, 'VALIDATION_ERROR', '/filename']],
    ['a name with a line end', 'type=image/logo&filename=a%0Ab', {}, [400, 'VALIDATION_ERROR', '/filename']],
    ['a name with U+0000', 'type=image/logo&filename=a%00', {}, [400, 'VALIDATION_ERROR', '/filename']],
    ['an empty name', 'type=image/logo&filename=', {}, [400, 'VALIDATION_ERROR', '/filename']],
    [
      'a name of 256 characters',
      `type=image/logo&filename=${'a'.repeat(256)}`,
      {},
      [400, 'VALIDATION_ERROR', '/filename'],
    ],
    ['an unknown field', 'type=image/logo&run=1', {}, [400, 'VALIDATION_ERROR', '/run']],
    [
      'a digest that is none',
      'type=image/logo',
      { 'content-digest': 'sha-256=abc' },
      [400, 'VALIDATION_ERROR', '/content-digest'],
    ],
    [
      'a digest of 31 bytes',
      'type=image/logo',
      { 'repr-digest': `sha-256=:${Buffer.alloc(31).toString('base64')}:` },
      [400, 'VALIDATION_ERROR', '/repr-digest'],
    ],
    ['compressed bytes', 'type=image/logo', { 'content-encoding': 'gzip' }, [415, 'UNSUPPORTED_MEDIA_TYPE']],
    [
      'a page of another origin',
      'type=image/logo',
      { origin: 'https://evil.example' },
      [403, 'FORBIDDEN_ORIGIN'],
    ],
  ])('%s', async (_what, query, headers, expected) => {
    expect(await outcome(await upload(bytes, { query, headers }))).toEqual(expected);
    await nothingOf(bytes);
  });

  test('but a name of 255 characters and a type of 100 are taken', async () => {
    const query = `type=image/${'a'.repeat(94)}&filename=${'a'.repeat(255)}`;
    expect((await upload(bytes, { query })).status).toBe(201);
  });

  test('bytes at another path are still refused', async () => {
    const response = await api.get('/v1/runs', { method: 'POST', body: bytes });
    expect(await outcome(response)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

describe('deleting', () => {
  const remove = (id: string) => api.get(`/v1/artifacts/${id}`, { method: 'DELETE' });
  const rowOf = (runId: string | null, tenantId = 'local') =>
    repositories(api.dataSource).artifacts.insertArtifacts([
      {
        runId,
        tenantId,
        stepId: null,
        skillId: 'upload',
        name: 'upload',
        type: 'image/logo',
        uri: 'file:///logo.png',
        contentHash: digestOf(Buffer.from('x')),
      },
    ]);

  test('takes an upload away, once', async () => {
    const { id } = (await (await upload(Buffer.from('x'))).json()) as { id: string };
    expect((await remove(id)).status).toBe(204);
    expect(await outcome(await api.get(`/v1/artifacts/${id}`))).toEqual([404, 'NOT_FOUND']);
    expect(await outcome(await remove(id))).toEqual([404, 'NOT_FOUND']);
    const [latest] = await writtenEvents(api.dataSource, 'local');
    expect(latest).toMatchObject({ type: 'artifact.deleted', data: { artifactId: id, type: 'image/logo' } });
  });

  test("leaves a run's own artifacts, and those of another tenant", async () => {
    const started = await api.post('/v1/runs', campaignRequest());
    const [ofRun] = await rowOf(((await started.json()) as { id: string }).id);
    const [ofOther] = await rowOf(null, 'other');
    expect(await outcome(await remove(ofRun!))).toEqual([409, 'CONFLICT']);
    expect(await outcome(await remove(ofOther!))).toEqual([404, 'NOT_FOUND']);
    expect(await outcome(await api.get(`/v1/artifacts/${ofOther!}`))).toEqual([404, 'NOT_FOUND']);
    expect(await count('artifact')).toBe(2);
  });

  test('is not for a page of another origin', async () => {
    const { id } = (await (await upload(Buffer.from('x'))).json()) as { id: string };
    const response = await api.get(`/v1/artifacts/${id}`, {
      method: 'DELETE',
      headers: { origin: 'https://evil.example' },
    });
    expect(await outcome(response)).toEqual([403, 'FORBIDDEN_ORIGIN']);
    expect(await count('artifact')).toBe(1);
  });
});

test('a digest is read from the dictionary that RFC 9530 says it is', () => {
  // The example of RFC 9530, section 2: the digest of `{"hello": "world"}` and a line end.
  const example = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:';
  const digest = 'sha256:44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38';
  expect(digestOf(Buffer.from('{"hello": "world"}\n'))).toBe(digest);
  for (const value of [example, `${example};q=1`, `md5=:AA==:,  ${example}`, `sha-256=:AA==:, ${example}`])
    expect(digestOfHeader('content-digest', value)).toBe(digest);
  for (const value of ['sha-512=:AAAA:', undefined])
    expect(digestOfHeader('content-digest', value)).toBe(undefined);
  for (const value of [
    '',
    'sha-256',
    'sha-256="x"',
    'SHA-256=:AA==:',
    'sha-256=:AA==:',
    'sha-256=:A A:',
    `${example},`,
  ])
    expect(() => digestOfHeader('content-digest', value)).toThrow('/content-digest');
});

function open(headers: Record<string, string>): ClientRequest {
  return httpRequest(`${api.url}/v1/artifacts?type=image/logo`, { method: 'POST', headers });
}

/** Asks before it sends, as curl does; the bytes follow once the API says to go on. */
function ask(
  headers: Record<string, string>,
  bytes?: Uint8Array,
): Promise<{ status?: number; continued: boolean }> {
  return new Promise((resolve, reject) => {
    const sent = open(headers);
    let continued = false;
    sent.on('continue', () => {
      continued = true;
      sent.end(bytes);
    });
    sent.on('response', (response: IncomingMessage) => {
      response.resume();
      response.on('end', () => {
        resolve({ status: response.statusCode, continued });
        sent.destroy();
      });
    });
    sent.on('error', reject);
    sent.flushHeaders();
  });
}

/** What is being written. */
async function incoming(): Promise<string[]> {
  const folder = api.store.uri('local', digestOf(Buffer.alloc(0))).replace(/\/local\/.*$/, '/.incoming');
  return readdir(folder).catch(() => []);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('not within 10 s');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
