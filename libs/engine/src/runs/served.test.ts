import type { Catalog } from '@cairn/catalog';
import { repositories } from '@cairn/dao';
import { createMigratedTestDatabase, digestOf } from '@cairn/dao/testing';
import { defineWorkflow, type AnyWorkflow } from '@cairn/pipeline';
import { defineSkill, Type, type AnySkill, type SkillSpec } from '@cairn/skill-kit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { refuseUnserved } from './served.js';

const shape = {
  title: 'Toy',
  input: Type.Object({}),
  output: Type.Object({ items: Type.Array(Type.String()) }),
};
const skill = (id: string, version = '1.0.0', policy: Partial<Pick<SkillSpec, 'queue'>> = {}) =>
  defineSkill({ ...policy, ...shape, id, version });
const [plain, plain2, other, drawn] = [
  skill('plain'),
  skill('plain', '2.0.0'),
  skill('other'),
  skill('drawn', '1.0.0', { queue: 'gpu' }),
];
type Skill = ReturnType<typeof skill>;

const trigger = Type.Object({});
/** One step of this skill, in this queue where it is not the skill's. */
const stepOf = (of: Skill, queue?: string) =>
  defineWorkflow({ name: `of.${of.id}`, version: '1.0.0', trigger }, w =>
    w.step('only', of, {}, queue ? { queue } : {}),
  );
const inMap = defineWorkflow({ name: 'in.map', version: '1.0.0', trigger }, w => {
  const { items } = w.step('list', other, {});
  return w.map('each', items, { key: item => item }, () => w.step('inside', plain2, {}).items);
});
const child = stepOf(plain2);
const parent = defineWorkflow({ name: 'of.child', version: '1.0.0', trigger }, w =>
  w.child('child', child, {}),
);

const catalogOf = (workflows: readonly AnyWorkflow[]): Catalog => ({
  workflows,
  skills: [plain, plain2, other, drawn].map(of => ({ skill: of as AnySkill, run: '', packageName: '' })),
  workflow: (name, version) => workflows.find(w => w.name === name && w.version === version),
});

let database: Awaited<ReturnType<typeof createMigratedTestDatabase>>;
beforeAll(async () => void (database = await createMigratedTestDatabase()));
afterAll(() => database.drop());
beforeEach(() => database.dataSource.query('TRUNCATE "worker_skill"'));

/** Says what a build serves, and when it was last seen. */
async function serve(build: string, skills: readonly Skill[], secondsAgo = 0): Promise<void> {
  const { dataSource } = database;
  await repositories(dataSource).workerSkills.register(
    digestOf(build),
    skills.map(({ id, version, spec }) => ({
      skillId: id,
      skillVersion: version,
      queue: spec.queue ?? null,
      fingerprint: digestOf(build),
      details: {},
    })),
  );
  await dataSource.query(
    `UPDATE "worker_skill" SET "lastSeenAt" = clock_timestamp() - $2::int * interval '1 second' WHERE "build" = $1`,
    [digestOf(build), secondsAgo],
  );
}
/** What becomes of a run, with these workflows in the catalog. */
const asked = (workflow: AnyWorkflow, others: readonly AnyWorkflow[] = []) =>
  refuseUnserved(
    { dataSource: database.dataSource, catalog: catalogOf([workflow, ...others]) },
    workflow.graph,
  ).then(
    () => 'accepted',
    ({ code, retryable, message }: { code: string; retryable: boolean; message: string }) =>
      `${code}${retryable ? '' : ' for good'}: ${message}`,
  );

test('with no live worker every run is accepted, whatever dead ones had', async () => {
  expect(await asked(stepOf(plain))).toBe('accepted');
  await serve('a', [plain2], 91);
  expect(await asked(stepOf(plain))).toBe('accepted');
});

test('a version that no live build has is refused while live builds have others, and accepted once one has it', async () => {
  await serve('a', [plain2, other], 89);
  expect(await asked(stepOf(plain))).toBe(
    'SKILL_NOT_SERVED: The step only wants the skill plain in version 1.0.0; live workers have 2.0.0. ' +
      'Start a worker that has it, or ask for a version of the workflow that wants theirs',
  );
  expect(await asked(stepOf(plain2))).toBe('accepted');
  await serve('b', [plain]);
  expect(await asked(stepOf(plain))).toBe('accepted');
});

test('one build may have a skill in two versions', async () => {
  await serve('a', [plain, plain2]);
  expect([await asked(stepOf(plain)), await asked(stepOf(plain2))]).toEqual(['accepted', 'accepted']);
});

test.each([
  ['inside a map', inMap, 'inside'],
  ['of a child', parent, 'only'],
])('steps %s count', async (_where, workflow, step) => {
  await serve('a', [plain, other]);
  expect(await asked(workflow, [child])).toContain(`The step ${step} wants the skill plain in version 2.0.0`);
  await serve('a', [plain2]);
  expect(await asked(workflow, [child])).toBe('accepted');
});

test('a skill that no live build has is refused where a live worker serves its queue', async () => {
  await serve('a', [other]);
  expect(await asked(stepOf(plain))).toBe(
    'SKILL_NOT_SERVED: The step only wants the skill plain 1.0.0, and no live worker has it; they have other 1.0.0. ' +
      'Start the workers with the catalog that the API has',
  );
});

test('it is accepted, and waits, where its queue may have no worker at the moment', async () => {
  await serve('a', [other]);
  expect(await asked(stepOf(drawn))).toBe('accepted');
  await serve('b', [drawn]);
  expect(await asked(stepOf(plain, 'gpu'))).toBe('accepted');
  // The other skill may be there for the other queue's sake.
  await database.dataSource.query('TRUNCATE "worker_skill"');
  await serve('c', [other]);
  expect(await asked(stepOf(plain), [stepOf(other, 'gpu')])).toBe('accepted');
});
