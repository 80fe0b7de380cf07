import { ApiKey } from './api-key.entity.js';
import { Artifact } from './artifact.entity.js';
import { BlobLease } from './blob-lease.entity.js';
import { Blob } from './blob.entity.js';
import { ClaimOutcome } from './claim-outcome.entity.js';
import { EncryptionKey } from './encryption-key.entity.js';
import { EventHead } from './event-head.entity.js';
import { Event } from './event.entity.js';
import { Gate } from './gate.entity.js';
import { MapItem } from './map-item.entity.js';
import { Retention } from './retention.entity.js';
import { RunStep } from './run-step.entity.js';
import { Run } from './run.entity.js';
import { ScheduleFiring } from './schedule-firing.entity.js';
import { Schedule } from './schedule.entity.js';
import { StepCache } from './step-cache.entity.js';
import { StepClaim } from './step-claim.entity.js';
import { StepWaiter } from './step-waiter.entity.js';
import { Tenant } from './tenant.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { Webhook } from './webhook.entity.js';
import { WorkerSkill } from './worker-skill.entity.js';
import { WorkflowGraph } from './workflow-graph.entity.js';

/** Every entity, for the data source. */
export const entities = [
  Run,
  RunStep,
  Artifact,
  StepCache,
  WorkflowGraph,
  StepClaim,
  StepWaiter,
  ClaimOutcome,
  Blob,
  BlobLease,
  Event,
  EventHead,
  WorkerSkill,
  Retention,
  MapItem,
  Gate,
  EncryptionKey,
  Webhook,
  WebhookDelivery,
  ApiKey,
  Tenant,
  Schedule,
  ScheduleFiring,
];
