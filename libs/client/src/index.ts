export { CairnApiError } from './api-error.js';
export {
  createCairnClient,
  type CairnClient,
  type CallOptions,
  type ClientOptions,
  type PageQuery,
  type RunQuery,
  type StartRun,
} from './client.js';
export type { Download } from './download.js';
export type {
  Artifact,
  ArtifactList,
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
export type { WaitOptions } from './wait-for-run.js';
