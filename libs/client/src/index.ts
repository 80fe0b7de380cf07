export { CairnApiError } from './api-error.js';
export {
  createCairnClient,
  type CacheEntryQuery,
  type CairnClient,
  type CallOptions,
  type ClientOptions,
  type EventQuery,
  type PageQuery,
  type RunEventQuery,
  type RunQuery,
  type StartRun,
} from './client.js';
export type { Download } from './download.js';
export type {
  Artifact,
  ArtifactList,
  CacheEntry,
  CacheEntryList,
  Event,
  EventList,
  Eviction,
  EvictionRequest,
  Graph,
  GraphStep,
  Problem,
  ProblemIssue,
  Readiness,
  Run,
  RunList,
  RunStep,
  RunSummary,
  Skill,
  StartRunRequest,
  Workflow,
  WorkflowSummary,
} from './generated/openapi.js';
export type { UploadBody, UploadOptions } from './upload.js';
export type { WaitOptions } from './wait-for-run.js';
