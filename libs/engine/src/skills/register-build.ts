import { repositories, type DataSource, type JsonObject } from '@cairn/dao';
import type { SkillRegistration } from './skill-registration.js';

/** For how long after it was last seen a build counts as live. Milliseconds. */
export const BUILD_LIVE_MS = 90_000;
/** What no worker has served for so long is forgotten. Milliseconds. */
const FORGOTTEN_MS = 30 * 24 * 60 * 60 * 1000;

/** What a worker executes, and by which build. */
export interface ServedBuild {
  readonly build: string;
  registrations(): readonly SkillRegistration[];
}

/**
 * Says that a worker of this build serves its skills, now; to be said again, well within {@link BUILD_LIVE_MS}. What
 * no worker has served for 30 days is forgotten.
 */
export async function registerBuild(dataSource: DataSource, served: ServedBuild): Promise<void> {
  const { workerSkills } = repositories(dataSource);
  await workerSkills.register(
    served.build,
    served.registrations().map(({ skillId, version, queue, fingerprint, ...details }) => ({
      skillId,
      skillVersion: version,
      queue: queue ?? null,
      fingerprint,
      details: details as unknown as JsonObject,
    })),
  );
  await workerSkills.removeUnseen(FORGOTTEN_MS);
}
