import type { ArtifactStore } from '@cairn/artifact-store';
import type { DataSource } from '@cairn/dao';
import type { Log } from './log.js';
import type { ResourceLibrary } from './resources/resource-library.js';
import type { SkillRegistry } from './skills/skill-registry.js';

/** What the functions that execute steps stand on. */
export interface Engine {
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  readonly skills: SkillRegistry;
  readonly resources: ResourceLibrary;
  readonly log: Log;
}
