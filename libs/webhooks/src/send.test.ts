import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ValidationError } from '@cairn/dto';
import { AddressRules } from './address-rules.js';
import { readRetryAfter, send } from './send.js';
import { checkUrl, type Resolver } from './target.js';
import { startReceiver, type Receiver } from './testing/receiver.js';

// Real: HTTP on the loopback, which the rules are told to allow where a test wants it to arrive.
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
beforeEach(() => {
  receiver.answer = 204;
});
afterAll(() => receiver.stop());

const HERE = new AddressRules(['127.0.0.1']);
const to = (url: string, more: Partial<Parameters<typeof send>[2]> = {}) =>
  send(
    new URL(url),
    { headers: { 'x-sent': 'yes' }, body: 'a body' },
    { rules: HERE, timeoutMs: 2_000, ...more },
  );
/** A name server of this test: what a name means, each time that it is asked for. */
const named =
  (...answers: string[][]): Resolver =>
  (_hostname, _options, callback) => {
    const addresses = answers.length > 1 ? answers.shift()! : answers[0]!;
    callback(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

test('a body arrives as it is, and any 2xx is a success', async () => {
  receiver.answer = (_request, response) => response.writeHead(299).end('x'.repeat(1_000_000));
  expect(await to(`${receiver.url}/hook?a=1`)).toEqual({
    ok: true,
    status: 299,
    durationMs: expect.any(Number),
  });
  const { path, headers, body } = receiver.received.at(-1)!;
  expect([path, headers['x-sent'], headers['content-length'], body]).toEqual([
    '/hook?a=1',
    'yes',
    '6',
    'a body',
  ]);
});

test.each([400, 404, 429, 500, 503])('%d is a failure', async status => {
  receiver.answer = status;
  const outcome = await to(receiver.url);
  expect([outcome.ok, outcome.status]).toEqual([false, status]);
});

test('a redirect is a failure, and is not followed', async () => {
  const before = receiver.received.length;
  receiver.answer = (_request, response) =>
    response.writeHead(307, { location: `${receiver.url}/other` }).end();
  expect(await to(receiver.url)).toMatchObject({
    ok: false,
    status: 307,
    error: 'answered 307; redirects are not followed',
  });
  expect(receiver.received.length).toBe(before + 1);
});

test('who does not answer in time has failed; who has answered need not end', async () => {
  receiver.answer = () => undefined;
  const outcome = await to(receiver.url, { timeoutMs: 100 });
  expect(outcome).toMatchObject({ ok: false, error: 'no answer within 100 ms' });
  receiver.answer = (_request, response) => void response.writeHead(200).write('and so on');
  expect(await to(receiver.url, { timeoutMs: 2_000 })).toMatchObject({ ok: true, status: 200 });
});

test('what cannot be reached is said in one line', async () => {
  const { error } = await to('http://127.0.0.1:9/');
  expect(error).toBe('connect ECONNREFUSED 127.0.0.1:9');
  expect((await to('http://nowhere.invalid:8080/')).error).toMatch(
    /^getaddrinfo (ENOTFOUND|EAI_AGAIN) nowhere.invalid$/,
  );
});

test('Retry-After is read as seconds and as a date', async () => {
  const now = Date.UTC(2026, 0, 1);
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(readRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
  expect([readRetryAfter('soon', now), readRetryAfter(undefined, now)]).toEqual([undefined, undefined]);
  receiver.answer = (_request, response) => response.writeHead(429, { 'retry-after': '7' }).end();
  expect((await to(receiver.url)).retryAfterMs).toBe(7_000);
});

describe('an address that is not allowed', () => {
  const REFUSED = /is no public address, and CAIRN_WEBHOOK_ALLOW does not name it$/;
  const NONE = new AddressRules();
  const port = () => new URL(receiver.url).port;
  let before = 0;
  beforeEach(() => {
    before = receiver.received.length;
  });

  test.each(['127.0.0.1', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', '0.0.0.0', '[::]'])(
    'is refused as %s, without a look-up',
    async host => {
      const { ok, error } = await to(`http://${host}:${port()}/`, { rules: NONE });
      expect([ok, error]).toEqual([false, expect.stringMatching(REFUSED)]);
      expect(receiver.received.length).toBe(before);
    },
  );

  test('is refused behind a name, also among others', async () => {
    for (const addresses of [['127.0.0.1'], ['::1', '10.0.0.1'], ['169.254.169.254']]) {
      const { error } = await to(`http://hook.example:${port()}/`, {
        rules: NONE,
        resolver: named(addresses),
      });
      expect(error).toMatch(REFUSED);
    }
    expect((await to(`http://localhost:${port()}/`, { rules: NONE })).error).toMatch(REFUSED);
    expect(receiver.received.length).toBe(before);
  });

  test('is not connected to when a name changes its address after it was checked', async () => {
    // Permitted at the first look-up; the loopback, where the receiver listens, at any other.
    const rebinding = named(['203.0.113.9'], ['127.0.0.1']);
    const rules = new AddressRules(['203.0.113.9']);
    const outcome = await to(`http://hook.example:${port()}/`, {
      rules,
      resolver: rebinding,
      timeoutMs: 300,
    });
    expect(outcome.ok).toBe(false);
    const second = await to(`http://hook.example:${port()}/`, { rules, resolver: rebinding, timeoutMs: 300 });
    expect(second.error).toMatch(REFUSED);
    expect(receiver.received.length).toBe(before);
  });

  test('gets nothing without TLS though it is public', async () => {
    const { error } = await to('http://hook.example/', { rules: NONE, resolver: named(['1.1.1.1']) });
    expect(error).toBe('1.1.1.1 is reached by https only: CAIRN_WEBHOOK_ALLOW does not name it');
  });

  test('of a name with several is passed over', async () => {
    const resolver = named(['10.0.0.1', '127.0.0.1']);
    expect(await to(`http://hook.example:${port()}/`, { resolver })).toMatchObject({ ok: true, status: 204 });
  });
});

describe('a URL', () => {
  const refusal = (url: string, rules = new AddressRules()) => {
    try {
      return checkUrl(url, rules).href;
    } catch (error) {
      return (error as ValidationError).issues.map(({ path, message }) => `${path} ${message}`).join();
    }
  };
  test.each([
    ['https://hook.example/a?b=c', 'https://hook.example/a?b=c'],
    ['https://hook.example:8443/', 'https://hook.example:8443/'],
    ['https://hook.example:80/', 'https://hook.example:80/'],
    ['https://1.1.1.1/', 'https://1.1.1.1/'],
    [
      'http://hook.example/',
      '/url it must be an https URL: http is for addresses that CAIRN_WEBHOOK_ALLOW names',
    ],
    ['ftp://hook.example/', '/url it must be an https URL'],
    ['hook.example', '/url it must be an https URL'],
    ['https://', '/url it must be an https URL'],
    ['https://u@hook.example/', '/url it must not carry a user name or password'],
    ['https://:p@hook.example/', '/url it must not carry a user name or password'],
    ['https://hook.example/#a', '/url it must not carry a fragment'],
    ['https://hook.example:22/', '/url it must not name port 22: below 1024 only 80 and 443 are taken'],
    ['https://hook.example:1023/', '/url it must not name port 1023: below 1024 only 80 and 443 are taken'],
    ['https://hook.example:1024/', 'https://hook.example:1024/'],
    ['https://10.0.0.1/', '/url 10.0.0.1 is no public address, and CAIRN_WEBHOOK_ALLOW does not name it'],
    ['https://[::1]/', '/url ::1 is no public address, and CAIRN_WEBHOOK_ALLOW does not name it'],
    [`https://hook.example/${'a'.repeat(2048 - 21)}`, `https://hook.example/${'a'.repeat(2048 - 21)}`],
    [`https://hook.example/${'a'.repeat(2049 - 21)}`, '/url it may have 2048 characters'],
  ])('%s', (url, expected) => {
    expect(refusal(url)).toBe(expected);
  });

  test('may be http where addresses are allowed', () => {
    const rules = new AddressRules(['10.0.0.0/8']);
    expect(refusal('http://10.0.0.1:8080/', rules)).toBe('http://10.0.0.1:8080/');
    expect(refusal('http://inside.example/', rules)).toBe('http://inside.example/');
    expect(refusal('http://1.1.1.1/', rules)).toMatch(/^\/url it must be an https URL: /);
  });
});
