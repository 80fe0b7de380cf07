import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArtifactStore } from '@cairn/artifact-store';
import type { Catalog } from '@cairn/catalog';
import type { AnyWorkflow } from '@cairn/pipeline';
import type { AnySkill } from '@cairn/skill-kit';
import type { Engine } from '../../engine.js';
import { RunService } from '../../runs/run-service.js';
import { registerBuild } from '../../skills/register-build.js';
import { SkillRegistry } from '../../skills/skill-registry.js';
import { ResourceLibrary } from '../../resources/resource-library.js';
import { RecordingControl, silent, startTestEngine } from '../../testing/test-engine.js';
import type { PlanParts } from '../plan-context.js';
import { blendSkill, LETTERS, passSkill, speakSkill } from './toy-skills.js';

/** Which `run.js` each toy has. */
const BUILDS = [
  ['pass', 'blend', 'speak'],
  ['pass-otherwise', 'blend', 'speak'],
  ['pass', 'blend', 'speak-otherwise'],
] as const;

/** The engine with toys, in three builds of a worker, and a planner that can do nothing but look. */
export async function startToyLab() {
  const base = await startTestEngine();
  const { dataSource, folder } = base;
  await mkdir(join(folder, 'tones'), { recursive: true });
  for (const [shift, letter] of LETTERS.entries())
    await writeFile(join(folder, 'tones', `${letter}.json`), JSON.stringify({ shift }));
  const workflows = new Map<string, AnyWorkflow>();
  const catalogOf = (build: (typeof BUILDS)[number]): Catalog => ({
    workflows: [],
    skills: [passSkill, blendSkill, speakSkill].map((skill, at) => ({
      skill: skill as unknown as AnySkill,
      run: fileURLToPath(new URL(`./${build[at]!}.run.js`, import.meta.url)),
      packageName: 'toys',
    })),
    workflow: name => workflows.get(name),
  });
  const builds: SkillRegistry[] = [];
  for (const build of BUILDS) builds.push(await SkillRegistry.load(catalogOf(build), []));
  const catalog = catalogOf(BUILDS[0]);
  const engines = builds.map((skills): Engine => ({ ...base.engine, skills }));
  const shared = {
    dataSource,
    catalog,
    triggerServices: { resource: () => undefined },
    verifyAfterMs: base.engine.verifyAfterMs,
  };
  const { store } = base.engine;
  const onlyLooks = { stat: (tenant: string, digest: string) => store.stat(tenant, digest) };
  const planning: PlanParts = {
    ...shared,
    resources: new ResourceLibrary(folder),
    // Whatever else a planner asked of the store would be no function.
    store: onlyLooks as unknown as ArtifactStore,
  };
  const service = new RunService({ ...shared, store, control: new RecordingControl(), log: silent });
  const skillIds = new Set([passSkill.id, blendSkill.id, speakSkill.id]);
  return {
    ...base,
    engines,
    planning,
    service,
    workflows,
    /** Says that a worker of this build serves the toys; it is the one that was last seen. */
    register: (build: number) => registerBuild(dataSource, builds[build]!, skillIds),
    stepsOf: (tenantId: string, runId: string) => base.records.steps.listSteps(tenantId, runId),
    /** How many rows there are of everything, and what the blobs, entries and builds say. */
    state: async (): Promise<unknown> => {
      const tables = await dataSource.query<{ name: string }[]>(
        `SELECT tablename AS "name" FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`,
      );
      const counted = tables.map(({ name }) => `(SELECT count(*) FROM "${name}") AS "${name}"`);
      const told = ['blob', 'step_cache', 'worker_skill'].map(
        name => `(SELECT sum(hashtext(each::text)) FROM "${name}" each) AS "what ${name} says"`,
      );
      return dataSource.query(`SELECT ${[...counted, ...told].join(', ')}`);
    },
  };
}
export type ToyLab = Awaited<ReturnType<typeof startToyLab>>;
