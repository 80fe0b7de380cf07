import type { ArtifactStore } from '@cairn/artifact-store';
import type { Catalog } from '@cairn/catalog';
import type { DataSource, RunOptions } from '@cairn/dao';
import type { RunFacts, TriggerServices } from '@cairn/pipeline';
import type { EarlierExecutions, KnownExecution } from '../explain/earlier-executions.js';
import type { Registrations } from '../explain/registrations.js';
import type { ResourceLibrary } from '../resources/resource-library.js';
import type { PlannedSkill } from './planned-skills.js';
import type { OpenPath } from './scope.js';

/** What planning stands on. */
export interface PlanParts {
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  readonly catalog: Catalog;
  /** With the root that the workers have. */
  readonly resources: ResourceLibrary;
  readonly triggerServices: TriggerServices;
  readonly verifyAfterMs: number;
}

/** One plan in the making. */
export interface PlanContext extends PlanParts {
  readonly tenantId: string;
  /** Of a run that there would be. */
  readonly facts: RunFacts;
  readonly options: RunOptions;
  readonly executions: EarlierExecutions;
  readonly registrations: Registrations;
  /** By name and version, see `skillName`. */
  readonly skills: ReadonlyMap<string, PlannedSkill>;
  /** Ids of skills of which the cache keeps any result. */
  readonly kept: ReadonlySet<string>;
  /** What this run executes, by cache key: who comes later with the same key takes the result. */
  readonly executing: Map<string, Executing>;
}

export interface Executing {
  readonly name: string;
  /** On what it hangs that it executes with this key; nothing when that is sure. */
  readonly openPaths: readonly OpenPath[];
  /** The execution that it can be expected to repeat. */
  readonly repeats: KnownExecution | undefined;
}
