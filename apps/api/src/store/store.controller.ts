import type { ArtifactStore } from '@cairn/artifact-store';
import { repositories, transaction, type DataSource, type RetentionRules } from '@cairn/dao';
import { http } from '@cairn/dto';
import { collect, storeUsage, verifyStore } from '@cairn/engine';
import { Controller, Inject } from '@nestjs/common';
import type { Logger } from 'pino';
import { ARTIFACT_STORE, DATA_SOURCE, LOG } from '../app/tokens.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { collectionView } from './collection-view.js';
import { fromDuration, toDuration } from './durations.js';

/** So that the answer comes before anyone on the way gives up. Milliseconds. */
const VERIFY_FOR_MS = 20_000;

const DEFAULT_GRACE_MS = fromDuration(http.DEFAULT_GRACE);

@Controller()
export class StoreController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Operation('collectStore')
  async collect(
    @Tenant() tenantId: string,
    @Input() { body: { grace = http.DEFAULT_GRACE, dryRun = false } }: InputOf<'collectStore'>,
  ): Promise<http.Collection> {
    const { dataSource, store, log } = this;
    const options = { tenantId, graceMs: fromDuration(grace), dryRun };
    return collectionView(await collect({ dataSource, store, log }, options));
  }

  @Operation('verifyStore')
  async verify(
    @Tenant() tenantId: string,
    @Input() { body: { after, limit = http.DEFAULT_VERIFIED } }: InputOf<'verifyStore'>,
  ): Promise<http.Verification> {
    const { dataSource, store, log } = this;
    const found = await verifyStore(
      { dataSource, store, log },
      { tenantId, limit, forMs: VERIFY_FOR_MS, ...(after !== undefined && { after }) },
    );
    return { ...found, damaged: found.damaged.map(damagedView) };
  }

  @Operation('getStoreUsage')
  async usage(@Tenant() tenantId: string): Promise<http.StoreUsage> {
    return storeUsage(this.dataSource, tenantId, DEFAULT_GRACE_MS);
  }

  @Operation('getRetention')
  async retention(@Tenant() tenantId: string): Promise<http.Retention> {
    return retentionView(await repositories(this.dataSource).retention.getRules(tenantId));
  }

  @Operation('putRetention')
  async putRetention(
    @Tenant() tenantId: string,
    @Input() { body }: InputOf<'putRetention'>,
  ): Promise<http.Retention> {
    const { keepRuns, keepEntries, keepEvents = null } = body;
    await transaction(this.dataSource, async tx => {
      await tx.retention.putRules(tenantId, {
        keepRunsMs: keepRuns === null ? null : fromDuration(keepRuns),
        keepEntriesMs: keepEntries === null ? null : fromDuration(keepEntries),
        keepEventsMs: keepEvents === null ? null : fromDuration(keepEvents),
      });
      await tx.events.append([{ tenantId, type: 'store.retention_changed', data: body }]);
    });
    return this.retention(tenantId);
  }
}

function damagedView(damaged: Awaited<ReturnType<typeof verifyStore>>['damaged'][number]): http.DamagedBlob {
  return { ...damaged, artifactIds: [...damaged.artifactIds], runIds: [...damaged.runIds] };
}

function retentionView({ keepRunsMs, keepEntriesMs, keepEventsMs = null }: RetentionRules): http.Retention {
  return {
    keepRuns: keepRunsMs === null ? null : toDuration(keepRunsMs),
    keepEntries: keepEntriesMs === null ? null : toDuration(keepEntriesMs),
    keepEvents: keepEventsMs === null ? null : toDuration(keepEventsMs),
  };
}
