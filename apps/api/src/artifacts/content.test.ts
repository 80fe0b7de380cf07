import { createHash } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCairnClient } from '@cairn/client';
import { repositories } from '@cairn/dao';
import { campaignRequest, checkedFetch, startTestApi, type TestApi } from '../testing/index.js';

// Real: PostgreSQL, HTTP, the file store. The artifacts are put there by the test.
const BYTES = Buffer.from('0123456789abcdefghij');
let api: TestApi;
let runId: string;
beforeAll(async () => {
  api = await startTestApi();
  const response = await api.post('/v1/runs', campaignRequest());
  runId = ((await response.json()) as { id: string }).id;
});
afterAll(() => api.stop());

async function artifact(
  fields: {
    type?: string;
    filename?: string | null;
    bytes?: Uint8Array;
    tenantId?: string;
    lost?: boolean;
  } = {},
): Promise<{ id: string; digest: string; path: string }> {
  const {
    type = 'text/notes',
    filename = 'notes.txt',
    bytes = BYTES,
    tenantId = 'local',
    lost = false,
  } = fields;
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (!lost) await api.store.put(tenantId, bytes);
  const [id] = await repositories(api.dataSource).artifacts.insertArtifacts([
    {
      runId,
      tenantId,
      stepId: 'game_config',
      skillId: 'game_config_from_template',
      name: 'notes',
      type,
      uri: api.store.uri(tenantId, digest),
      contentHash: digest,
      sizeBytes: bytes.length,
      filename,
      metadata: { pages: 1 },
    },
  ]);
  return { id: id!, digest, path: `/v1/artifacts/${id}/content` };
}

const read = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await api.get(path, { headers, method });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('the content of an artifact', () => {
  test('whole, with its digest as entity tag', async () => {
    const { path, digest } = await artifact();
    const { status, headers, text } = await read(path);
    expect([status, text]).toEqual([200, BYTES.toString()]);
    expect(Object.fromEntries([...headers].filter(([name]) => EXPECTED.has(name)))).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-disposition': 'inline; filename="notes.txt"',
      'content-length': '20',
      'content-type': 'text/plain; charset=utf-8',
      etag: `"${digest}"`,
      'x-content-type-options': 'nosniff',
    });
  });

  test('its headers alone', async () => {
    const { path } = await artifact();
    const { status, headers, text } = await read(path, {}, 'HEAD');
    expect([status, headers.get('content-length'), text]).toEqual([200, '20', '']);
  });

  test.each([
    ['bytes=0-4', '01234', 'bytes 0-4/20'],
    ['bytes=15-', 'fghij', 'bytes 15-19/20'],
    ['bytes=-5', 'fghij', 'bytes 15-19/20'],
    ['bytes=18-99', 'ij', 'bytes 18-19/20'],
    ['bytes=-99', BYTES.toString(), 'bytes 0-19/20'],
  ])('a part: %s', async (range, part, contentRange) => {
    const { status, headers, text } = await read((await artifact()).path, { range });
    expect([status, text, headers.get('content-range'), headers.get('content-length')]).toEqual([
      206,
      part,
      contentRange,
      String(part.length),
    ]);
  });

  test.each(['bytes=20-', 'bytes=-0'])('a part that is not there: %s', async range => {
    const { status, headers } = await read((await artifact()).path, { range });
    expect([status, headers.get('content-range'), headers.get('etag')]).toEqual([416, 'bytes */20', null]);
  });

  test.each(['bytes=0-1,4-5', 'bytes=5-1', 'bytes=a-b', 'items=0-1', 'bytes=-'])(
    'whole, where the range is not one: %s',
    async range => {
      expect(await read((await artifact()).path, { range })).toMatchObject({
        status: 200,
        text: BYTES.toString(),
      });
    },
  );

  test('not again, where the client has it', async () => {
    const { path, digest } = await artifact();
    for (const tag of [`"${digest}"`, `W/"${digest}"`, `"other", "${digest}"`, '*']) {
      const { status, headers, text } = await read(path, { 'if-none-match': tag });
      expect([status, text, headers.get('etag')]).toEqual([304, '', `"${digest}"`]);
    }
    expect((await read(path, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('a part only of the very same bytes', async () => {
    const { path, digest } = await artifact();
    const range = 'bytes=0-0';
    expect((await read(path, { range, 'if-range': `"${digest}"` })).status).toBe(206);
    for (const tag of ['"other"', `W/"${digest}"`, 'Sat, 21 Nov 2026 10:00:00 GMT'])
      expect((await read(path, { range, 'if-range': tag })).status).toBe(200);
  });

  test('a document that could run is sandboxed and offered for download', async () => {
    for (const [filename, type] of [
      ['index.html', 'text/html; charset=utf-8'],
      ['logo.svg', 'image/svg+xml'],
      ['game.js', 'text/javascript; charset=utf-8'],
    ] as const) {
      const { headers } = await read((await artifact({ filename })).path);
      expect(headers.get('content-type')).toBe(type);
      expect(headers.get('content-disposition')).toBe(`attachment; filename="${filename}"`);
      expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    }
  });

  test('a name in any script', async () => {
    const { headers } = await read((await artifact({ filename: '紙の"祭り\r\n.mp4' })).path);
    expect(headers.get('content-disposition')).toBe(
      `inline; filename="_______.mp4"; filename*=UTF-8''%E7%B4%99%E3%81%AE%22%E7%A5%AD%E3%82%8A%0D%0A.mp4`,
    );
  });

  test('an empty one', async () => {
    const { path } = await artifact({ bytes: Buffer.alloc(0) });
    expect(await read(path)).toMatchObject({ status: 200, text: '' });
    expect((await read(path, { range: 'bytes=0-' })).status).toBe(416);
  });

  test('that is lost, or of another tenant', async () => {
    const lost = await read((await artifact({ bytes: Buffer.from('lost'), lost: true })).path);
    expect([lost.status, (JSON.parse(lost.text) as { code: string }).code]).toEqual([410, 'ARTIFACT_LOST']);
    expect((await read((await artifact({ tenantId: 'other' })).path)).status).toBe(404);
  });

  test.each([
    ['whole', {}],
    ['in part', { range: 'bytes=5-9' }],
  ])('is not delivered once a bit of it has changed: %s', async (what, headers: Record<string, string>) => {
    const bytes = Buffer.from(`not to be changed: ${what}`);
    const { path, digest } = await artifact({ bytes });
    expect((await read(path, headers)).status).toBe(what === 'whole' ? 200 : 206);
    const file = api.store.uri('local', digest);
    const changed = Buffer.from(bytes);
    changed[changed.length - 1]! ^= 1;
    await chmod(file, 0o644);
    await writeFile(file, changed);
    const codes = [];
    for (let i = 0; i < 2; i += 1) {
      const { status, text, headers: answered } = await read(path, headers);
      codes.push([status, (JSON.parse(text) as { code: string }).code, answered.get('etag')]);
    }
    expect(codes).toEqual([
      [500, 'ARTIFACT_CORRUPT', null],
      [410, 'ARTIFACT_LOST', null],
    ]);
    await api.store.put('local', bytes);
    expect((await read(path)).text).toBe(bytes.toString());
  });

  test('comes through the client as it was stored', async () => {
    const bytes = Buffer.alloc(3_000_000, 'cairn');
    const { id, digest } = await artifact({ bytes, filename: 'campaign.zip', type: 'bundle/campaign' });
    const download = await createCairnClient({ baseUrl: api.url }).download(id);
    expect([download.size, download.digest, download.mediaType]).toEqual([
      3_000_000,
      digest,
      'application/zip',
    ]);
    const hash = createHash('sha256');
    for await (const chunk of download.stream) hash.update(chunk);
    expect(`sha256:${hash.digest('hex')}`).toBe(digest);
  });
});

test('the artifacts of a run, by pages, oldest first', async () => {
  const cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
  const first = await cairn.listRunArtifacts(runId, { limit: 2 });
  expect(first.items.length).toBe(2);
  const all: string[] = [];
  for await (const { id } of cairn.runArtifacts(runId)) all.push(id);
  expect(all.slice(0, 2)).toEqual(first.items.map(({ id }) => id));
  expect(new Set(all).size).toBe(all.length);
  const record = await cairn.getArtifact(all[0]!);
  expect(record).toMatchObject({ name: 'notes', sizeBytes: 20, mediaType: 'text/plain; charset=utf-8' });
  expect(record.metadata).toEqual({ pages: 1 });
});

const EXPECTED = new Set([
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-length',
  'content-type',
  'etag',
  'x-content-type-options',
]);
