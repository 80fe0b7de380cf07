import type { Catalog } from '@cairn/catalog';
import { skillSteps } from '@cairn/pipeline';
import { DEFAULT_QUEUE, queueOf } from '@cairn/skill-kit';
import type { Pool } from './pools.js';

/** The skills that these queues bring to a worker: those that wait there, and those of steps that ask for one of them. */
export function servedSkills(catalog: Catalog, pools: readonly Pool[]): ReadonlySet<string> {
  const queues = new Set(pools.map(({ queue }) => queue));
  const bySkill = catalog.skills.flatMap(({ skill }) => (queues.has(queueOf(skill.spec)) ? [skill.id] : []));
  const bySteps = catalog.workflows.flatMap(({ graph }) =>
    skillSteps(graph).flatMap(({ skill, policy }) =>
      queues.has(policy.queue ?? DEFAULT_QUEUE) ? [skill] : [],
    ),
  );
  return new Set([...bySkill, ...bySteps]);
}
