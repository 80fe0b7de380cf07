import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, type Payload } from '@temporalio/common';
import { startCodecServer, type CodecServer } from './codec-server.js';
import { EncryptionCodec } from './encryption-codec.js';
import { EncryptionKeysError, holdKeys, proofOf, type KnownKeys } from './key-proof.js';
import { KeyRing, type EncryptionKey } from './key-ring.js';

const key = (id: string, fill: number): EncryptionKey => ({ id, key: Buffer.alloc(32, fill) });
const OLD = key('old', 1);
const NEW = key('new', 2);
const payload = (text: string): Payload => ({
  metadata: { encoding: Buffer.from('json/plain'), note: Buffer.from('a note') },
  data: Buffer.from(JSON.stringify(text)),
});
const shown = ({ metadata, data }: Payload) => [
  ...Object.entries(metadata ?? {}).map(([name, value]) => `${name}=${Buffer.from(value!).toString()}`),
  Buffer.from(data ?? []).toString(),
];
const PLAIN = ['encoding=json/plain', 'note=a note', '"secret"'];

describe('a payload', () => {
  test('is not readable, and comes back with its metadata', async () => {
    const codec = new EncryptionCodec(new KeyRing([NEW]));
    const [one] = await codec.encode([payload('secret')]);
    expect(shown(one!).slice(0, 2)).toEqual(['encoding=binary/encrypted', 'encryption-key-id=new']);
    expect(Buffer.from(one!.data!).toString('latin1')).not.toMatch(/secret|note|json/);
    expect((await codec.decode([one!])).map(shown)).toEqual([PLAIN]);
  });

  test('is never encrypted twice the same', async () => {
    const codec = new EncryptionCodec(new KeyRing([NEW]));
    const both = await codec.encode([payload('secret'), payload('secret')]);
    expect(Buffer.from(both[0]!.data!).equals(Buffer.from(both[1]!.data!))).toBe(false);
  });

  test('of before there were keys, or of an older key, is read', async () => {
    const [old] = await new EncryptionCodec(new KeyRing([OLD])).encode([payload('secret')]);
    const rotated = new EncryptionCodec(new KeyRing([NEW, OLD]));
    expect((await rotated.decode([payload('secret'), old!])).map(shown)).toEqual([PLAIN, PLAIN]);
    expect(shown((await rotated.encode([payload('x')]))[0]!)[1]).toBe('encryption-key-id=new');
  });

  test('of a key that is not there, or is another one, or that was changed, is refused by name', async () => {
    const [old] = await new EncryptionCodec(new KeyRing([OLD])).encode([payload('secret')]);
    const decode = (keys: EncryptionKey[], one = old!) =>
      new EncryptionCodec(new KeyRing(keys)).decode([one]);
    await expect(decode([NEW])).rejects.toThrow(
      'It was encrypted with the key "old", which is not in CAIRN_ENCRYPTION_KEYS (new)',
    );
    await expect(decode([key('old', 3)])).rejects.toThrow('It does not open with the key "old"');
    for (let at = 0; at < old!.data!.length; at += 7) {
      const data = Buffer.from(old!.data!);
      data[at]! ^= 1;
      await expect(decode([OLD], { ...old!, data })).rejects.toThrow('It does not open with the key "old"');
    }
    await expect(decode([OLD], { ...old!, data: Buffer.alloc(5) })).rejects.toThrow('does not open');
    const renamed = { ...old!.metadata, 'encryption-key-id': Buffer.from('also') };
    await expect(decode([{ ...OLD, id: 'also' }], { ...old!, metadata: renamed })).rejects.toThrow(
      'does not open',
    );
  });
});

test('the message and stack of a failure become a payload', async () => {
  const { failureConverter } =
    (await import('./failure-converter.cjs')) as typeof import('./failure-converter.cjs');
  const { defaultPayloadConverter } = await import('@temporalio/common');
  const error = ApplicationFailure.create({ message: 'secret', type: 'X', cause: new Error('secret cause') });
  const failure = failureConverter.errorToFailure(error, defaultPayloadConverter);
  const { encodedAttributes: _outer, ...rest } = failure;
  delete rest.cause!.encodedAttributes;
  expect(JSON.stringify(rest)).not.toContain('secret');
  expect(failureConverter.failureToError(failure, defaultPayloadConverter).message).toBe('secret');
});

describe('the keys of a process', () => {
  const knownAs = (...rows: { id: string; proof: string }[]): KnownKeys => ({
    addKeys: async keys => void rows.push(...keys.filter(({ id }) => !rows.some(row => row.id === id))),
    listKeys: async () => rows,
  });
  const before = () => knownAs({ id: 'old', proof: proofOf(OLD) });

  test('are good when they are those of before, and more', async () => {
    await holdKeys(knownAs());
    await holdKeys(before(), [OLD]);
    await holdKeys(before(), [NEW, OLD]);
    await holdKeys(before(), [NEW], ['old']);
  });

  test('are known from when they encrypt: one that is being handed out is not yet missed', async () => {
    const known = knownAs();
    await holdKeys(known, [OLD, NEW]);
    await holdKeys(known, [OLD]);
    await holdKeys(known, [NEW, OLD]);
    await expect(holdKeys(known, [OLD])).rejects.toThrow('lacks the key "new"');
  });

  test.each<[string, EncryptionKey[] | undefined, RegExp]>([
    ['none at all', undefined, /^CAIRN_ENCRYPTION_KEYS lacks the key "old"/],
    ['others', [NEW], /^CAIRN_ENCRYPTION_KEYS lacks the key "old".*add old:gone$/],
    ['another of that name', [key('old', 9)], /has another key under the name "old"/],
  ])('are refused when there are %s', async (_what, keys, message) => {
    const held = holdKeys(before(), keys);
    await expect(held).rejects.toThrow(EncryptionKeysError);
    await expect(held).rejects.toThrow(message);
  });
});

describe('the codec server', () => {
  const UI = 'http://127.0.0.1:8233';
  let server: CodecServer;
  let guarded: CodecServer;
  beforeAll(async () => {
    const settings = { keys: [NEW, OLD], host: '127.0.0.1', port: 0, origin: UI };
    server = await startCodecServer(settings);
    guarded = await startCodecServer({ ...settings, token: 'a token' });
  });
  afterAll(async () => {
    await server.close();
    await guarded.close();
  });
  const base64 = (one: Payload) => ({
    metadata: Object.fromEntries(
      Object.entries(one.metadata ?? {}).map(([name, value]) => [
        name,
        Buffer.from(value!).toString('base64'),
      ]),
    ),
    data: Buffer.from(one.data ?? []).toString('base64'),
  });
  const ask = (to: CodecServer, path: string, payloads: object[], headers: Record<string, string> = {}) =>
    fetch(`${to.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ payloads }),
    });

  test('decodes, by whatever key, leaves alone what is not encrypted, and encodes', async () => {
    const [old] = await new EncryptionCodec(new KeyRing([OLD])).encode([payload('secret')]);
    const plain = base64(payload('secret'));
    const decoded = await ask(server, '/decode', [base64(old!), plain]);
    expect([decoded.status, await decoded.json()]).toEqual([200, { payloads: [plain, plain] }]);
    const { payloads } = (await (await ask(server, '/encode', [plain])).json()) as { payloads: object[] };
    expect(JSON.stringify(payloads)).not.toContain(plain.data);
    expect(await (await ask(server, '/some/path/decode', payloads)).json()).toEqual({ payloads: [plain] });
  });

  test('answers pages of Temporal’s UI, and of nobody else', async () => {
    const preflight = (origin: string) =>
      fetch(`${server.url}/decode`, { method: 'OPTIONS', headers: { origin } });
    const good = await preflight(UI);
    expect([good.status, good.headers.get('access-control-allow-origin')]).toEqual([204, UI]);
    expect(good.headers.get('access-control-allow-headers')).toContain('x-namespace');
    const bad = await preflight('http://evil.example');
    expect([bad.status, bad.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    expect((await ask(server, '/decode', [], { origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask(server, '/decode', [], { origin: UI })).status).toBe(200);
  });

  test('with a token wants it', async () => {
    const status = async (headers: Record<string, string>) =>
      (await ask(guarded, '/decode', [], headers)).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer another' })).toBe(401);
    expect(await status({ authorization: 'Bearer a token' })).toBe(200);
  });

  test('says what is wrong', async () => {
    const [foreign] = await new EncryptionCodec(new KeyRing([key('foreign', 9)])).encode([payload('x')]);
    const answer = await ask(server, '/decode', [base64(foreign!)]);
    expect([answer.status, await answer.json()]).toEqual([
      422,
      {
        message: 'It was encrypted with the key "foreign", which is not in CAIRN_ENCRYPTION_KEYS (new, old)',
      },
    ]);
    expect((await fetch(`${server.url}/decode`, { method: 'POST', body: 'no' })).status).toBe(400);
    expect((await fetch(`${server.url}/decode`)).status).toBe(405);
    expect((await ask(server, '/', [])).status).toBe(404);
  });
});
