import { repositories, type DataSource, type JsonObject } from '@cairn/dao';
import { DEFAULT_QUEUE, queueOf } from '@cairn/skill-kit';
import type { SkillRegistry } from './skill-registry.js';

/** For how long after it was last seen a build counts as live. Milliseconds. */
export const BUILD_LIVE_MS = 90_000;
/** What no worker has served for so long is forgotten. Milliseconds. */
const FORGOTTEN_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Says that a worker of this build serves these skills, now; to be said again, well within {@link BUILD_LIVE_MS}.
 * What no worker has served for 30 days is forgotten.
 *
 * @param skillIds those that the worker's queues bring to it
 */
export async function registerBuild(
  dataSource: DataSource,
  { build, all }: Pick<SkillRegistry, 'build' | 'all'>,
  skillIds: ReadonlySet<string>,
): Promise<void> {
  const { workerSkills } = repositories(dataSource);
  const served = all.filter(({ skill }) => skillIds.has(skill.id));
  await workerSkills.register(
    build,
    served.map(({ skill, registration: { skillId, version, fingerprint, ...details } }) => {
      const queue = queueOf(skill.spec);
      return {
        skillId,
        skillVersion: version,
        queue: queue === DEFAULT_QUEUE ? null : queue,
        fingerprint,
        details: details as unknown as JsonObject,
      };
    }),
  );
  await workerSkills.removeUnseen(FORGOTTEN_MS);
}
