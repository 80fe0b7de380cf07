export { createDataSource, type DataSourceSettings, migrate } from './data-source.js';
export { Artifact } from './entities/artifact.entity.js';
export type { JsonObject } from './entities/columns.js';
export { RunStep } from './entities/run-step.entity.js';
export { Run } from './entities/run.entity.js';
export * from './entities/status.js';
export { StepCache } from './entities/step-cache.entity.js';
export { WorkflowGraph } from './entities/workflow-graph.entity.js';
export {
  DatabaseConnectionLostError,
  IdempotencyKeyTakenError,
  isDatabaseUnavailable,
  isUniqueViolation,
  RecordNotFoundError,
} from './errors.js';
export { newId } from './ids.js';
export { ArtifactRepository, type NewArtifact } from './repositories/artifact.repository.js';
export { CacheRepository, type NewCacheEntry } from './repositories/cache.repository.js';
export { GraphRepository, type NewWorkflowGraph } from './repositories/graph.repository.js';
export { type Repositories, repositories, transaction } from './repositories/index.js';
export type { Page, PagePosition } from './repositories/paging.js';
export {
  type NewRun,
  type RunFilter,
  type RunOutcome,
  RunRepository,
} from './repositories/run.repository.js';
export { RunsAcrossTenants } from './repositories/runs-across-tenants.js';
export {
  type NewRunStep,
  type StepKey,
  type StepResult,
  StepRepository,
} from './repositories/step.repository.js';
export {
  assertRunTransition,
  assertStepTransition,
  InvalidTransitionError,
  isTerminalRunStatus,
  isTerminalStepStatus,
} from './state-machine.js';
/** So that others can name the type without knowing TypeORM. */
export type { DataSource } from 'typeorm';
