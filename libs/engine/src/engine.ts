import type { ArtifactStore } from '@cairn/artifact-store';
import type { Catalog } from '@cairn/catalog';
import type { DataSource } from '@cairn/dao';
import type { TriggerServices } from '@cairn/pipeline';
import type { HitCounter } from './cache/hit-counter.js';
import type { LeaseKeeper } from './claims/lease-keeper.js';
import type { Waker } from './claims/waker.js';
import type { Log } from './log.js';
import type { Reports } from './reports/reports.js';
import type { Meter } from './meter.js';
import type { ResourceLibrary } from './resources/resource-library.js';
import type { SkillRegistry } from './skills/skill-registry.js';
import type { Tracer } from './tracer.js';

/** What the functions that execute steps stand on. */
export interface Engine {
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  /** The workflows that runs may have as children. */
  readonly catalog: Pick<Catalog, 'workflow'>;
  readonly triggerServices: TriggerServices;
  readonly skills: SkillRegistry;
  readonly resources: ResourceLibrary;
  readonly hits: HitCounter;
  readonly leases: LeaseKeeper;
  readonly reports: Reports;
  readonly waker: Pick<Waker, 'soon' | 'turnsSoon'>;
  /** How long a verification of stored bytes is relied on while their stamp stays. Milliseconds. */
  readonly verifyAfterMs: number;
  readonly log: Log;
  /** Told what is done and how long it takes; nobody when absent. */
  readonly tracer?: Tracer | undefined;
  /** Told what becomes of steps; nobody when absent. */
  readonly meter?: Meter | undefined;
}
