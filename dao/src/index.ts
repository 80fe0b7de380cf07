export { onCommittedEvents } from './committed-events.js';
export { poolState, type PoolState } from './pool-state.js';
export { type Census, takeCensus } from './repositories/census.js';
export { asActor, currentActor, type Actor } from './actor.js';
export { unlessCollecting } from './collection-lock.js';
export { createDataSource, type DataSourceSettings, migrate } from './data-source.js';
export { ApiKey, KEY_ROLES, type KeyRole } from './entities/api-key.entity.js';
export { Artifact } from './entities/artifact.entity.js';
export { Blob } from './entities/blob.entity.js';
export { ClaimOutcome } from './entities/claim-outcome.entity.js';
export type { JsonObject } from './entities/columns.js';
export { Event } from './entities/event.entity.js';
export { Gate } from './entities/gate.entity.js';
export { MapItem } from './entities/map-item.entity.js';
export { Retention } from './entities/retention.entity.js';
export { RunStep } from './entities/run-step.entity.js';
export { Run, type RunOptions } from './entities/run.entity.js';
export { ScheduleFiring } from './entities/schedule-firing.entity.js';
export {
  FIRING_OUTCOMES,
  OVERLAPS,
  type FiringOrigin,
  type FiringOutcome,
  type Overlap,
} from './entities/schedule-words.js';
export { type Pause, Schedule, type ScheduleTimes, type WantedBackfill } from './entities/schedule.entity.js';
export * from './entities/status.js';
export { StepCache } from './entities/step-cache.entity.js';
export { Tenant, type TenantStatus } from './entities/tenant.entity.js';
export {
  type DeliveryAttempt,
  type DeliveryStatus,
  WebhookDelivery,
} from './entities/webhook-delivery.entity.js';
export { Webhook, type WebhookDisabledReason, type WebhookStatus } from './entities/webhook.entity.js';
export { WorkerSkill } from './entities/worker-skill.entity.js';
export { WorkflowGraph } from './entities/workflow-graph.entity.js';
export { EVENT_CHANNEL, EventListener, type SequencedBatch, SequencerSession } from './event-sequencing.js';
export {
  DatabaseConnectionLostError,
  IdempotencyKeyTakenError,
  isDatabaseUnavailable,
  isUniqueViolation,
  KeyNameTakenError,
  RecordNotFoundError,
} from './errors.js';
export { derivedId, newId } from './ids.js';
export { ApiKeyRepository, type KeySettings } from './repositories/api-key.repository.js';
export { type UsableKey } from './repositories/keys-across-tenants.js';
export { ArtifactRepository, type NewArtifact } from './repositories/artifact.repository.js';
export {
  type BlobNames,
  BlobCareRepository,
  type RetentionRules,
  type ListedBlob,
  type SizedBlob,
} from './repositories/blob-care.repository.js';
export {
  type BlobOwner,
  BlobRepository,
  type TouchedBlob,
  type VerifiedBlob,
} from './repositories/blob.repository.js';
export {
  CacheEntries,
  type EntryFilter,
  type FoundEntries,
  type FoundEntry,
} from './repositories/cache-entries.js';
export { CacheRepository, type NewCacheEntry } from './repositories/cache.repository.js';
export {
  type ClaimAnswer,
  type ClaimHolder,
  ClaimRepository,
  type DueWake,
  type HeldClaim,
} from './repositories/claim.repository.js';
export {
  type EventLag,
  EventLog,
  type LoggedEvent,
  type LogFilter,
  type LogRange,
} from './repositories/event-log.js';
export { EventRepository } from './repositories/event.repository.js';
export type { NewEvent } from './repositories/new-event.js';
export { type Execution, ExecutionRepository } from './repositories/execution.repository.js';
export {
  type DueTime,
  type FiringCounts,
  type FiringFilter,
  FiringRepository,
} from './repositories/firing.repository.js';
export {
  type GateDecision,
  type GateFilter,
  GateRepository,
  type NewGate,
} from './repositories/gate.repository.js';
export type { UntoldGate } from './repositories/gates-across-tenants.js';
export { GraphRepository, type NewWorkflowGraph } from './repositories/graph.repository.js';
export { type Repositories, repositories, transaction } from './repositories/index.js';
export { MapCopies, type NamedDigest } from './repositories/map-copies.js';
export {
  type MapItemCounts,
  type MapItemEnd,
  type MapOfRun,
  MapItemRepository,
  type NewMapItem,
} from './repositories/map-item.repository.js';
export type { Page, PagePosition } from './repositories/paging.js';
export { REMAIN_KINDS, type RemainKind, RemainsRepository } from './repositories/remains.repository.js';
export { type DeletedRuns, RetentionRepository } from './repositories/retention.repository.js';
export {
  type NewRun,
  type RunFilter,
  type RunOutcome,
  RunRepository,
} from './repositories/run.repository.js';
export { RunsAcrossTenants } from './repositories/runs-across-tenants.js';
export {
  type NewSchedule,
  type ScheduleDefinition,
  type ScheduleFilter,
  ScheduleRepository,
} from './repositories/schedule.repository.js';
export { type LookedAt, SchedulesAcrossTenants } from './repositories/schedules-across-tenants.js';
export type { StepHit, StepKey, StepResult } from './repositories/step-endings.js';
export { type NewRunStep, StepRepository } from './repositories/step.repository.js';
export { TenantRowsRepository } from './repositories/tenant-rows.repository.js';
export {
  type TenantLimits,
  TenantRepository,
  type TenantSettings,
} from './repositories/tenant.repository.js';
export { type GivenTurn, type TurnCounts, TurnRepository } from './repositories/turn.repository.js';
export { type UnretriedFilter, type UnretriedFound, UnretriedRuns } from './repositories/unretried-runs.js';
export { type CountAndBytes, type TenantUsage, UsageRepository } from './repositories/usage.repository.js';
export {
  type DeliveryFilter,
  WebhookDeliveryRepository,
} from './repositories/webhook-delivery.repository.js';
export {
  type NewWebhook,
  type WebhookChange,
  type WebhookReplay,
  WebhookRepository,
} from './repositories/webhook.repository.js';
export {
  type AttemptEnd,
  type BehindWebhook,
  type DueWebhook,
  type TakenDelivery,
  WebhooksAcrossTenants,
} from './repositories/webhooks-across-tenants.js';
export {
  type LiveSkill,
  type SeenSkill,
  type ServedSkill,
  WorkerSkillRepository,
} from './repositories/worker-skill.repository.js';
export {
  assertRunTransition,
  assertStepTransition,
  InvalidTransitionError,
  isTerminalRunStatus,
  isTerminalStepStatus,
} from './state-machine.js';
/** So that others can name the type without knowing TypeORM. */
export type { DataSource } from 'typeorm';
