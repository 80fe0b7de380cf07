import type { ArtifactStore } from '@cairn/artifact-store';
import type { Catalog } from '@cairn/catalog';
import type { DataSource } from '@cairn/dao';
import { EventFeed } from '@cairn/events';
import {
  GateService,
  RunService,
  ScheduleService,
  SecondTries,
  TenantService,
  type PlanParts,
} from '@cairn/engine';
import { WebhookService } from '@cairn/webhooks';
import type { DynamicModule } from '@nestjs/common';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { ArtifactsController } from '../artifacts/artifacts.controller.js';
import { ContentController } from '../artifacts/content.controller.js';
import { UploadsController } from '../artifacts/uploads.controller.js';
import { KeysController } from '../auth/keys.controller.js';
import { CacheController } from '../cache/cache.controller.js';
import { DocsController } from '../docs/docs.controller.js';
import { EventStreams } from '../events/event-streams.js';
import { EventTypesController } from '../events/event-types.controller.js';
import { EventsController } from '../events/events.controller.js';
import { GatesController } from '../gates/gates.controller.js';
import { HealthController } from '../health/health.controller.js';
import { PlanController } from '../plan/plan.controller.js';
import { MapItemsController } from '../runs/map-items.controller.js';
import { RunsController } from '../runs/runs.controller.js';
import { SchedulesController } from '../schedules/schedules.controller.js';
import { SecondTriesController } from '../second-tries/second-tries.controller.js';
import { SkillsController } from '../skills/skills.controller.js';
import { KeepingController } from '../store/keeping.controller.js';
import { StoreController } from '../store/store.controller.js';
import { TenantsController } from '../tenants/tenants.controller.js';
import { DeliveriesController } from '../webhooks/deliveries.controller.js';
import { WebhooksController } from '../webhooks/webhooks.controller.js';
import { WorkflowsController } from '../workflows/workflows.controller.js';
import { ARTIFACT_STORE, CATALOG, DATA_SOURCE, DOCUMENT, LOG, MAX_UPLOAD, PLANNING } from './tokens.js';

/** What the controllers stand on. */
export interface ApiParts {
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  /** The most bytes that an upload may have. */
  readonly maxUploadBytes: number;
  readonly catalog: Catalog;
  readonly client: Client;
  readonly runs: RunService;
  readonly planning: PlanParts;
  readonly secondTries: SecondTries;
  readonly gates: GateService;
  readonly webhooks: WebhookService;
  readonly schedules: ScheduleService;
  readonly feed: EventFeed;
  readonly log: Logger;
  /** The OpenAPI document. */
  readonly document: object;
}

export class ApiModule {
  static of(parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: [
        RunsController,
        PlanController,
        MapItemsController,
        SecondTriesController,
        GatesController,
        SchedulesController,
        ArtifactsController,
        ContentController,
        UploadsController,
        CacheController,
        EventsController,
        EventTypesController,
        StoreController,
        KeepingController,
        KeysController,
        TenantsController,
        WebhooksController,
        DeliveriesController,
        WorkflowsController,
        SkillsController,
        HealthController,
        DocsController,
      ],
      providers: [
        { provide: DATA_SOURCE, useValue: parts.dataSource },
        { provide: ARTIFACT_STORE, useValue: parts.store },
        { provide: MAX_UPLOAD, useValue: parts.maxUploadBytes },
        { provide: CATALOG, useValue: parts.catalog },
        { provide: Client, useValue: parts.client },
        { provide: RunService, useValue: parts.runs },
        { provide: PLANNING, useValue: parts.planning },
        { provide: SecondTries, useValue: parts.secondTries },
        { provide: GateService, useValue: parts.gates },
        { provide: WebhookService, useValue: parts.webhooks },
        { provide: ScheduleService, useValue: parts.schedules },
        { provide: EventFeed, useValue: parts.feed },
        EventStreams,
        { provide: TenantService, useValue: new TenantService(parts.dataSource) },
        { provide: LOG, useValue: parts.log },
        { provide: DOCUMENT, useValue: parts.document },
      ],
    };
  }
}
