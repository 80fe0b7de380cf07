export { CairnApiError } from './api-error.js';
export { createCairnClient, type CairnClient, type ClientOptions } from './client.js';
export type { ArtifactCalls, PageQuery } from './calls/artifact-calls.js';
export type { EventCalls, EventQuery, RunEventQuery } from './calls/event-calls.js';
export type { GateCalls, GateQuery } from './calls/gate-calls.js';
export type { KeyCalls, KeyQuery } from './calls/key-calls.js';
export type { MapItemQuery, RunCalls, RunQuery, StartRun } from './calls/run-calls.js';
export type { FiringQuery, ScheduleCalls, ScheduleQuery } from './calls/schedule-calls.js';
export type { CacheEntryQuery, StoreCalls } from './calls/store-calls.js';
export type { SystemCalls } from './calls/system-calls.js';
export type { TenantCalls, TenantQuery } from './calls/tenant-calls.js';
export type { WebhookCalls, WebhookDeliveryQuery, WebhookQuery } from './calls/webhook-calls.js';
export type { Download } from './download.js';
export type { EventReset, FollowedEvent, FollowEventsOptions } from './follow-events.js';
export type {
  Artifact,
  ArtifactList,
  Backfill,
  BackfillRequest,
  CacheEntry,
  CacheEntryList,
  Caller,
  Collection,
  CollectionRequest,
  ComparedWith,
  CreateScheduleRequest,
  DamagedBlob,
  Event,
  EventList,
  Eviction,
  EvictionRequest,
  Firing,
  FiringList,
  ForkRunRequest,
  Gate,
  GateDecisionRequest,
  GateFile,
  GateList,
  GateSummary,
  Graph,
  GraphStep,
  Key,
  KeyList,
  KeyRequest,
  KeyRotation,
  MapItem,
  MapItemList,
  NewKey,
  Pin,
  Plan,
  PlannedStep,
  Problem,
  ProblemIssue,
  Readiness,
  RetriedRuns,
  RetryRunsRequest,
  Run,
  RunList,
  RunStep,
  RunSummary,
  Schedule,
  ScheduleDefinition,
  ScheduleList,
  ScheduleSummary,
  Skill,
  StartRunRequest,
  StepChange,
  StepExplanation,
  StoreUsage,
  Tenant,
  TenantLimits,
  TenantList,
  TenantWithUsage,
  Verification,
  VerificationRequest,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookList,
  WebhookReplay,
  WebhookTest,
  WebhookWithSecret,
  Workflow,
  WorkflowSummary,
} from './generated/openapi.js';
export type { UploadBody, UploadOptions } from './upload.js';
export type { WaitOptions } from './wait-for-run.js';
export type { CallOptions, NewRun, NewRunOptions } from './wire.js';
