import { digestOf } from '@cairn/canonical';
import { repositories, transaction, type Repositories } from '@cairn/dao';
import { newArtifact, newRun, newStep } from '@cairn/dao/testing';
import type { http } from '@cairn/dto';
import { openGate } from '@cairn/engine';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, startTestTemporal, type TestApi, type TestTemporal } from '../testing/index.js';

let temporal: TestTemporal;
let api: TestApi;
let records: Repositories;
beforeAll(async () => {
  temporal = await startTestTemporal();
  api = await startTestApi({ temporalAddress: temporal.address });
  records = repositories(api.dataSource);
}, 90_000);
afterAll(async () => {
  await api?.stop();
  await temporal?.stop();
});

const FILE = { type: 'text/page', digest: digestOf('a page'), size: 7, filename: 'page.txt' };
/** A gate that waits, of a run that no workflow executes. */
async function gate(shown: unknown = { title: 'look', pages: [FILE] }, tenantId = 'local'): Promise<string> {
  const run = newRun({ tenantId });
  const step = newStep(run, { stepId: 'ok', skillId: '$gate', kind: 'gate' });
  await transaction(api.dataSource, async tx => {
    await tx.runs.insertRun(run);
    await tx.steps.insertSteps([step]);
    await tx.artifacts.insertArtifacts([
      newArtifact(run, { contentHash: FILE.digest, sizeBytes: 7, type: 'text/other', filename: 'other.txt' }),
      newArtifact(run, { contentHash: FILE.digest, sizeBytes: 7, type: FILE.type, filename: FILE.filename }),
    ]);
  });
  await records.runs.markRunning(tenantId, run.id);
  await openGate(api, {
    ...{ tenantId, runId: run.id, stepId: 'ok', shown },
    ...{ role: 'approver', withinMs: 60_000, otherwise: 'reject' },
  });
  return (await records.gates.getGateOfStep(tenantId, run.id, 'ok'))!.id;
}
const read = async <T>(path: string): Promise<T> => (await api.get(path)).json() as Promise<T>;
const show = (id: string) => read<http.Gate>(`/v1/gates/${id}`);
async function decide(
  id: string,
  more: Record<string, unknown> = {},
): Promise<[number, Partial<http.Problem>]> {
  const { shownDigest: digest } = await show(id);
  const body = { approve: true, digest, by: 'ada', role: 'approver', ...more };
  const response = await api.post(`/v1/gates/${id}/decision`, body);
  return [response.status, (await response.json()) as Partial<http.Problem>];
}

describe('a gate', () => {
  test('is shown with its files, and where to look at them', async () => {
    const found = await show(await gate());
    const artifact = await read<http.Artifact>(`/v1/artifacts/${found.files[0]!.artifactId}`);
    expect(artifact).toMatchObject({ type: 'text/page', filename: 'page.txt', contentHash: FILE.digest });
    expect(found).toMatchObject({ status: 'open', shown: { title: 'look', pages: [FILE] } });
    expect(found.shownDigest).toBe(digestOf({ title: 'look', pages: [FILE] }));
    expect(found.files).toEqual([{ path: '/pages/0', ...FILE, artifactId: artifact.id }]);
  });

  test('names files that no artifact of the run has', async () => {
    const other = { type: 'text/page', digest: digestOf('other'), size: 1 };
    const { files } = await show(await gate({ 'a/b': other }));
    expect(files).toEqual([{ path: '/a~1b', ...other }]);
  });

  test('of another tenant is unknown, to readers and to those who decide', async () => {
    const id = await gate({}, 'other');
    const body = { approve: true, digest: digestOf({}), by: 'ada', role: 'approver' };
    const answers = [await api.get(`/v1/gates/${id}`), await api.post(`/v1/gates/${id}/decision`, body)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    const { items } = await read<http.GateList>('/v1/gates?limit=200');
    expect(items.map(each => each.id)).not.toContain(id);
    expect((await records.gates.getGate('other', id))?.status).toBe('open');
  });
});

test('gates are listed newest first, by status and run, a page at a time', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) ids.push(await gate({ n }));
  const [first, second, third] = ids as [string, string, string];
  await decide(second, { approve: false });
  const list = async (query: string) => {
    const { items, nextCursor } = await read<http.GateList>(`/v1/gates?${query}`);
    return { ids: items.map(({ id }) => id).filter(id => ids.includes(id)), nextCursor };
  };
  expect((await list('limit=200')).ids).toEqual([third, second, first]);
  expect((await list('limit=200&status=open')).ids).toEqual([third, first]);
  expect((await list('limit=200&status=rejected')).ids).toEqual([second]);
  expect((await list(`runId=${(await show(first)).runId}`)).ids).toEqual([first]);
  const page = await list('limit=1');
  expect(page.ids).toEqual([third]);
  expect((await list(`limit=1&cursor=${page.nextCursor}`)).ids).toEqual([second]);
});

describe('a decision', () => {
  test('is answered with the gate; again, with the same', async () => {
    const id = await gate();
    const [status, decided] = await decide(id, { comment: 'so be it' });
    expect([status, decided]).toEqual([200, await show(id)]);
    expect(decided).toMatchObject({ status: 'approved', decidedBy: 'ada', comment: 'so be it' });
    expect(await decide(id, { comment: 'so be it' })).toEqual([200, decided]);
    expect(await decide(id, { by: 'bob' })).toEqual([
      409,
      expect.objectContaining({
        code: 'GATE_CLOSED',
        detail: 'The gate takes no decision any more: ada has approved it',
      }),
    ]);
  });

  test('by another role, or about something else, is refused with what would be right', async () => {
    const id = await gate();
    expect(await decide(id, { role: 'author' })).toEqual([
      403,
      expect.objectContaining({
        code: 'ROLE_MISSING',
        detail: 'The gate is decided by approver, not by author',
      }),
    ]);
    const digest = digestOf('something else');
    const { shownDigest, status } = await show(id);
    expect(await decide(id, { digest })).toEqual([
      409,
      expect.objectContaining({
        code: 'GATE_DIGEST_DIFFERS',
        detail: `The decision is about ${digest}; what the gate shows is ${shownDigest}`,
      }),
    ]);
    expect([status, (await show(id)).status]).toEqual(['open', 'open']);
  });

  const long = (length: number) => 'x'.repeat(length);
  test.each<[string, Record<string, unknown>, number]>([
    ['200 characters of by', { by: long(200) }, 200],
    ['201 characters of by', { by: long(201) }, 400],
    ['by nobody', { by: '' }, 400],
    ['by with a space before it', { by: ' ada' }, 400],
    ['by of two lines', { by: 'ada\nbob' }, 400],
    ['2000 characters of comment', { comment: long(2000) }, 200],
    ['a comment of two lines', { comment: 'two\nlines' }, 200],
    ['2001 characters of comment', { comment: long(2001) }, 400],
    ['an empty comment', { comment: '' }, 400],
    ['a comment with U+0000', { comment: 'a\u0000b' }, 400],
    ['approve as text', { approve: 'yes' }, 400],
    ['no approve', { approve: undefined }, 400],
    ['half a digest', { digest: 'sha256:0' }, 400],
    ['a role that is none', { role: 'Approver' }, 400],
    ['more', { more: 1 }, 400],
  ])('is held to its form: %s', async (_what, more, status) => {
    const [field] = Object.keys(more);
    const id = await gate();
    const [answered, problem] = await decide(id, more);
    expect(answered).toBe(status);
    if (status === 400) expect(problem.errors).toMatchObject([{ path: `/${field}` }]);
    expect((await show(id)).status).toBe(status === 400 ? 'open' : 'approved');
  });
});
