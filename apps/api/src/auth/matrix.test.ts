import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, repositories } from '@cairn/dao';
import { watchStatements, type SeenStatement } from '@cairn/dao/testing';
import { http } from '@cairn/dto';
import {
  bearer,
  EXAMPLES,
  makeKey,
  makeTenant,
  startReceiver,
  startTestApi,
  startTestTemporal,
  TenantThings,
  uniqueDigest,
  type Asked,
  type TestApi,
  type TestTemporal,
} from '../testing/index.js';
import { untenanted } from '../testing/tenant-scope.js';

// Real: HTTP, PostgreSQL, Temporal without a worker. Everything is made of the OpenAPI document: an operation without
// a rule fails here, one without an example does not compile.
const OPERATOR_KEY = 'operator-key-of-the-matrix-and-no-other';
const RANKS = ['viewer', 'runner', 'approver', 'admin'] as const;
const CALLERS = ['nobody', 'revoked', 'expired', ...RANKS, 'operator'] as const;
type CallerName = (typeof CALLERS)[number];

interface DocumentedOperation {
  readonly operationId: http.OperationId;
  readonly 'x-cairn-access'?: http.Access;
}
type Documented = { id: http.OperationId; method: string; path: string; access: http.Access | undefined };
const { paths } = http.openApiDocument('0.0.0') as {
  paths: Record<string, Record<string, DocumentedOperation>>;
};
const OPERATIONS = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): Documented => ({
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    access: operation['x-cairn-access'],
  })),
);

let temporal: TestTemporal;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let api: TestApi;
let own: TenantThings;
let other: TenantThings;
const headers = {} as Record<CallerName, Record<string, string>>;
const actors = {} as Record<CallerName, string>;
let watched: ReturnType<typeof watchStatements>;

beforeAll(async () => {
  [temporal, receiver] = await Promise.all([startTestTemporal(), startReceiver()]);
  const webhooks = { allow: ['127.0.0.1'], timeoutMs: 2_000 };
  api = await startTestApi({ temporalAddress: temporal.address, operatorKey: OPERATOR_KEY, webhooks });
  const making = { url: api.url, dataSource: api.dataSource, store: api.store, hook: receiver.url };
  own = new TenantThings(making, 'acme');
  other = new TenantThings(making, 'other');
  for (const { tenantId } of [own, other]) await makeTenant(api.dataSource, tenantId);
  for (const name of CALLERS) {
    if (name === 'nobody' || name === 'operator') continue;
    const role = RANKS.find(rank => rank === name) ?? 'admin';
    const expiresAt = name === 'expired' ? new Date(Date.now() - 1_000) : null;
    const { id, key } = await makeKey(api.dataSource, 'acme', { name, role, expiresAt });
    if (name === 'revoked') await repositories(api.dataSource).apiKeys.revoke('acme', id);
    [headers[name], actors[name]] = [bearer(key), `key:${id}`];
  }
  [headers.nobody, headers.operator, actors.operator] = [{}, bearer(OPERATOR_KEY), 'operator'];
  watched = watchStatements();
}, 90_000);
afterAll(async () => {
  watched?.stop();
  await api?.stop();
  await Promise.all([receiver?.stop(), temporal?.stop()]);
});

interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers: readonly string[];
  readonly statements: readonly SeenStatement[];
}

/** Asks, with every answer held against the table of operations. */
async function ask(
  { method, path }: Documented,
  asked: Asked,
  as: Record<string, string>,
): Promise<Answered> {
  const { params = {}, query = {}, body, bytes, headers: more = {} } = asked;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? 'absent'),
  );
  const before = watched.seen.length;
  const response = await api.get(`${filled}?${new URLSearchParams(query)}`.replace(/\?$/, ''), {
    method,
    headers: { ...as, ...more, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(bytes !== undefined && { body: bytes }),
  });
  return {
    status: response.status,
    body: await response.text(),
    headers: [...response.headers.keys()].sort(),
    statements: watched.seen.slice(before),
  };
}

/** What a caller is answered who may not, or nobody knows; undefined for whoever may. */
function refusalOf(caller: CallerName, access: http.Access): string | undefined {
  if (access === 'public') return undefined;
  if (caller === 'nobody' || caller === 'revoked' || caller === 'expired') return '401 UNAUTHENTICATED';
  const may =
    caller === 'operator' || access === 'operator'
      ? caller === access
      : RANKS.indexOf(caller) >= RANKS.indexOf(access);
  return may ? undefined : '403 FORBIDDEN';
}
const codeOf = ({ status, body }: Answered) => `${status} ${(JSON.parse(body) as http.Problem).code}`;

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const DIGEST = /sha256:[0-9a-f]{64}/g;
/** The same request about what does not exist: ids and digests in it are others. */
function aboutNothing(asked: Asked): Asked {
  const anew = (value: unknown) =>
    value === undefined
      ? undefined
      : (JSON.parse(
          JSON.stringify(value)
            .replace(ID, () => newId())
            .replace(DIGEST, () => uniqueDigest()),
        ) as never);
  const { params, query, body, headers: more } = asked;
  return {
    ...asked,
    ...(params && { params: anew(params) }),
    ...(query && { query: anew(query) }),
    ...(more && { headers: anew(more) }),
    ...(body !== undefined && { body: anew(body) }),
  };
}
/** What two requests that name different things can be told apart by. */
const face = ({ status, body, headers: names, statements }: Answered) => ({
  status,
  body: body.replace(ID, '<id>').replace(DIGEST, '<digest>'),
  headers: names,
  statements: statements.map(({ text }) => text),
});

test('every operation says who may ask for it, and has an example', () => {
  expect(OPERATIONS.filter(({ access }) => access === undefined)).toEqual([]);
  expect(OPERATIONS.map(({ id }) => id).sort()).toEqual(Object.keys(EXAMPLES).sort());
  const silent = OPERATIONS.filter(({ id, method }) => method !== 'GET' && EXAMPLES[id].event === undefined);
  // These read, whatever their method is.
  expect(silent.map(({ id }) => id).sort()).toEqual(['planRun', 'verifyStore']);
});

test('an idempotency key and a cursor are of their tenant', async () => {
  const start = OPERATIONS.find(({ id }) => id === 'startRun')!;
  const list = OPERATIONS.find(({ id }) => id === 'listRuns')!;
  const foreign = bearer((await makeKey(api.dataSource, other.tenantId)).key);
  const asked = { ...(await EXAMPLES.startRun.ask(own)), headers: { 'idempotency-key': 'the-same' } };
  const answers = [await ask(start, asked, foreign), await ask(start, asked, headers.runner)];
  const [theirs, mine] = answers.map(({ body }) => (JSON.parse(body) as http.Run).id);
  expect(mine).not.toBe(theirs);
  expect(answers.map(({ headers: names }) => names.includes('idempotency-replayed'))).toEqual([false, false]);
  await other.run();
  const { nextCursor } = JSON.parse(
    (await ask(list, { query: { limit: '1' } }, foreign)).body,
  ) as http.RunList;
  const page = await ask(list, { query: { cursor: nextCursor!, limit: '200' } }, headers.viewer);
  expect(page.body).toContain(mine);
  expect(page.body).not.toContain(theirs);
});

describe.each(OPERATIONS)('$method $path', operation => {
  const { id, access = 'public', path } = operation;
  const { ask: make, status, event, naming } = EXAMPLES[id];
  const may = CALLERS.filter(caller => refusalOf(caller, access) === undefined);
  const ofTenant = RANKS.some(rank => rank === access);
  const named = ofTenant && /\{id\}/.test(path);

  test(`is for ${access}: others are refused and change nothing`, async () => {
    const asked = await make(own);
    for (const caller of CALLERS.filter(each => !may.includes(each))) {
      const refused = await ask(operation, asked, headers[caller]);
      expect([caller, codeOf(refused)]).toEqual([caller, refusalOf(caller, access)]);
      expect(refused.statements).toEqual([]);
      // The refusal comes before anything is looked for.
      const elsewhere = await ask(operation, aboutNothing(asked), headers[caller]);
      expect(face(elsewhere)).toEqual(face(refused));
    }
    // Whoever else may, where something is named, is told below that it is not there.
    for (const [n, caller] of may.slice(0, named ? 1 : may.length).entries()) {
      const answer = await ask(operation, n === 0 ? asked : await make(own), headers[caller]);
      expect([caller, answer.status, answer.body]).toEqual([caller, status, answer.body]);
      if (event !== undefined) await expectEvent(event, actors[caller]!, answer.statements);
      if (ofTenant) expect(untenanted(answer.statements, own.tenantId, { follows: true })).toEqual([]);
    }
  });

  if (named)
    test("answers for another tenant's as for what does not exist, by the same statements", async () => {
      const theirs = await make(other);
      for (const caller of may) {
        const [unknown, foreign] = [
          await ask(operation, aboutNothing(theirs), headers[caller]),
          await ask(operation, theirs, headers[caller]),
        ];
        expect([caller, codeOf(foreign)]).toEqual([caller, '404 NOT_FOUND']);
        expect(foreign.body).toBe(unknown.body);
        expect(face(foreign)).toEqual(face(unknown));
        expect(untenanted(foreign.statements, own.tenantId)).toEqual([]);
      }
      const { key } = await makeKey(api.dataSource, other.tenantId);
      expect((await ask(operation, theirs, bearer(key))).status).toBe(status);
    });

  if (naming)
    test("tells nothing of another tenant's things that a request names", async () => {
      for (const theirs of await naming(other)) {
        const unknown = await ask(operation, aboutNothing(theirs), headers.admin);
        const foreign = await ask(operation, theirs, headers.admin);
        expect(face(foreign)).toEqual(face(unknown));
      }
      // The same request finds what is one's own: the comparison is about something.
      for (const mine of await naming(own)) {
        const found = await ask(operation, mine, headers.admin);
        expect(untenanted(found.statements, own.tenantId)).toEqual([]);
      }
    });
});

/** These tell of what is done in several transactions, or elsewhere than in the database. */
const ALONE = ['store.collected', 'run.cancel_requested', 'webhook.tested'];

/** What else the transaction has written that an event was appended in, and that was committed. */
function changesWith(event: SeenStatement, statements: readonly SeenStatement[]): readonly string[] {
  const texts = statements.filter(({ connection }) => connection === event.connection);
  const at = texts.indexOf(event);
  const begin = texts.findLastIndex(({ text }, n) => n < at && text === 'START TRANSACTION');
  const end = texts.findIndex(({ text }, n) => n > at && text === 'COMMIT');
  if (begin < 0 || end < 0) return [];
  const within = texts.slice(begin, end).map(({ text }) => text);
  return within.filter(text => /\b(INSERT INTO|UPDATE|DELETE FROM) "(?!event")/.test(text));
}

/** The event that a request has left: by its caller, and in a transaction that has written something else. */
async function expectEvent(type: string, actor: string, statements: readonly SeenStatement[]): Promise<void> {
  const appended = statements.filter(
    ({ text, values }) => /INSERT INTO "event"/.test(text) && JSON.stringify(values).includes(type),
  );
  expect({ [type]: appended.length > 0 }).toEqual({ [type]: true });
  if (!ALONE.includes(type))
    expect(appended.map(event => changesWith(event, statements)).flat()).not.toEqual([]);
  const [{ n } = { n: 0 }] = await api.dataSource.query<{ n: number }[]>(
    `SELECT count(*)::int AS "n" FROM "event" WHERE "type" = $1 AND "actor" = $2`,
    [type, actor],
  );
  expect(n).toBeGreaterThan(0);
}
