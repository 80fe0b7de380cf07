import type { DataSource, EntityManager } from 'typeorm';
import { ApiKeyRepository } from './api-key.repository.js';
import { ArtifactRepository } from './artifact.repository.js';
import { BlobCareRepository } from './blob-care.repository.js';
import { BlobRepository } from './blob.repository.js';
import { CacheEntries } from './cache-entries.js';
import { CacheRepository } from './cache.repository.js';
import { ClaimRepository } from './claim.repository.js';
import { EncryptionKeyRepository } from './encryption-key.repository.js';
import { EventLog } from './event-log.js';
import { EventRepository } from './event.repository.js';
import { ExecutionRepository } from './execution.repository.js';
import { FiringRepository } from './firing.repository.js';
import { GateRepository } from './gate.repository.js';
import { GraphRepository } from './graph.repository.js';
import { MapCopies } from './map-copies.js';
import { MapItemRepository } from './map-item.repository.js';
import { inOwnTransactions } from './own-transactions.js';
import { PendingEvents } from './pending-events.js';
import { RemainsRepository } from './remains.repository.js';
import { RetentionRepository } from './retention.repository.js';
import { RunRepository } from './run.repository.js';
import { ScheduleRepository } from './schedule.repository.js';
import { StepRepository } from './step.repository.js';
import { TenantRowsRepository } from './tenant-rows.repository.js';
import { TenantRepository } from './tenant.repository.js';
import { ToldEvents } from './told-events.js';
import { TurnRepository } from './turn.repository.js';
import { UnretriedRuns } from './unretried-runs.js';
import { UsageRepository } from './usage.repository.js';
import { WebhookDeliveryRepository } from './webhook-delivery.repository.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhooksAcrossTenants } from './webhooks-across-tenants.js';
import { WorkerSkillRepository } from './worker-skill.repository.js';
import { tellCommitted } from '../committed-events.js';
import { inTransaction } from '../transaction.js';

/** All repositories, bound to one connection or transaction. */
export interface Repositories {
  runs: RunRepository;
  steps: StepRepository;
  artifacts: ArtifactRepository;
  cache: CacheRepository;
  graphs: GraphRepository;
  claims: ClaimRepository;
  blobs: BlobRepository;
  events: EventRepository;
  eventLog: EventLog;
  executions: ExecutionRepository;
  cacheEntries: CacheEntries;
  workerSkills: WorkerSkillRepository;
  blobCare: BlobCareRepository;
  retention: RetentionRepository;
  remains: RemainsRepository;
  unretriedRuns: UnretriedRuns;
  usage: UsageRepository;
  mapItems: MapItemRepository;
  mapCopies: MapCopies;
  gates: GateRepository;
  schedules: ScheduleRepository;
  firings: FiringRepository;
  encryptionKeys: EncryptionKeyRepository;
  webhooks: WebhookRepository;
  webhookDeliveries: WebhookDeliveryRepository;
  webhooksAcrossTenants: WebhooksAcrossTenants;
  apiKeys: ApiKeyRepository;
  tenants: TenantRepository;
  tenantRows: TenantRowsRepository;
  turns: TurnRepository;
}

/** Repositories outside any transaction: each call is one of its own. */
export function repositories(dataSource: DataSource): Repositories {
  const { manager } = dataSource;
  const all = bind(manager, new ToldEvents(dataSource));
  inOwnTransactions(all, work => transaction(dataSource, work));
  return all;
}

/**
 * Runs `work` in one transaction (READ COMMITTED): committed when it returns, rolled back when it throws or when any
 * statement in it failed, caught or not. Await everything inside: all calls share one connection. Events are written
 * at the end.
 *
 * @throws DatabaseConnectionLostError when the connection went away between two statements.
 */
export async function transaction<T>(
  dataSource: DataSource,
  work: (tx: Repositories) => Promise<T>,
): Promise<T> {
  let events: PendingEvents | undefined;
  const result = await inTransaction(
    dataSource,
    manager => {
      events = new PendingEvents(manager);
      return work(bind(manager, events));
    },
    async () => events?.write(),
  );
  tellCommitted(dataSource, events?.written ?? []);
  return result;
}

function bind(manager: EntityManager, events: EventRepository): Repositories {
  return {
    runs: new RunRepository(manager, events),
    steps: new StepRepository(manager, events),
    artifacts: new ArtifactRepository(manager),
    cache: new CacheRepository(manager),
    graphs: new GraphRepository(manager),
    claims: new ClaimRepository(manager),
    blobs: new BlobRepository(manager),
    events,
    eventLog: new EventLog(manager),
    executions: new ExecutionRepository(manager),
    cacheEntries: new CacheEntries(manager),
    workerSkills: new WorkerSkillRepository(manager),
    blobCare: new BlobCareRepository(manager),
    retention: new RetentionRepository(manager, events),
    remains: new RemainsRepository(manager),
    unretriedRuns: new UnretriedRuns(manager),
    usage: new UsageRepository(manager),
    mapItems: new MapItemRepository(manager),
    mapCopies: new MapCopies(manager),
    gates: new GateRepository(manager),
    schedules: new ScheduleRepository(manager),
    firings: new FiringRepository(manager),
    encryptionKeys: new EncryptionKeyRepository(manager),
    webhooks: new WebhookRepository(manager),
    webhookDeliveries: new WebhookDeliveryRepository(manager),
    webhooksAcrossTenants: new WebhooksAcrossTenants(manager),
    apiKeys: new ApiKeyRepository(manager),
    tenants: new TenantRepository(manager),
    tenantRows: new TenantRowsRepository(manager),
    turns: new TurnRepository(manager, events),
  };
}
