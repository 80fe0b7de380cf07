import type { ServerResponse } from 'node:http';
import type { ArtifactStore } from '@cairn/artifact-store';
import { sha256 } from '@cairn/canonical';
import type { DataSource } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { Controller, Inject, Res } from '@nestjs/common';
import { Client } from '@temporalio/client';
import { ARTIFACT_STORE, DATA_SOURCE } from '../app/tokens.js';
import { LOCAL_TENANT } from '../auth/caller.js';
import { Operation } from '../http/operation.decorator.js';
import { temporalCall } from '../temporal/temporal-call.js';

/** A probe must answer sooner than its supervisor loses patience. Milliseconds. */
const PROBE_MS = 1_000;
/** The store is asked whether it has no bytes at all: it may, or may not. */
const PROBE_DIGEST = sha256('');

@Controller()
export class HealthController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(Client) private readonly client: Client,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
  ) {}

  @Operation('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Operation('ready')
  async ready(@Res({ passthrough: true }) response: ServerResponse): Promise<http.Readiness> {
    const [database, temporal, store] = await Promise.all([
      stateOf(within(this.dataSource.query('SELECT 1'), PROBE_MS)),
      stateOf(
        temporalCall(this.client, () => this.client.connection.workflowService.getSystemInfo({}), PROBE_MS),
      ),
      stateOf(within(this.store.stat(LOCAL_TENANT, PROBE_DIGEST), PROBE_MS)),
    ]);
    response.setHeader('Cache-Control', 'no-store');
    if (database === 'unavailable') response.statusCode = 503;
    const whole = temporal === 'ok' && store === 'ok';
    const status = database === 'unavailable' ? 'unavailable' : whole ? 'ready' : 'degraded';
    return { status, database, temporal, store };
  }
}

const stateOf = (probe: Promise<unknown>) =>
  probe.then(
    () => 'ok' as const,
    () => 'unavailable' as const,
  );

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
