import { randomUUID } from 'node:crypto';
import { newId, repositories, transaction, type DataSource } from '@cairn/dao';
import { digestOf, newArtifact, newCacheEntry, newRun, newStep } from '@cairn/dao/testing';
import { openGate, settleRun } from '@cairn/engine';
import type { ArtifactStore } from '@cairn/artifact-store';
import { bearer, makeKey, makeTenant } from './keys.js';
import { campaignRequest, campaignTrigger } from './requests.js';

/** What things of tenants are made with. */
export interface Making {
  readonly url: string;
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  /** Takes whatever is POSTed. */
  readonly hook: string;
}

const hex = () => randomUUID().replaceAll('-', '');
/** A name that nothing else has. */
export const uniqueName = (word: string) => `${word}-${hex().slice(0, 12)}`;
/** A digest that nothing else has. */
export const uniqueDigest = () => `sha256:${hex()}${hex()}`;

/** Makes things of one tenant, each anew, as they are when somebody may ask for them. */
export class TenantThings {
  private admin?: Promise<Record<string, string>>;

  constructor(
    private readonly making: Making,
    readonly tenantId: string,
  ) {}

  /** Headers with the key of an administrator. */
  private async headers(): Promise<Record<string, string>> {
    this.admin ??= (async () => {
      await makeTenant(this.making.dataSource, this.tenantId);
      return bearer((await makeKey(this.making.dataSource, this.tenantId)).key);
    })();
    return this.admin;
  }

  private async post<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(`${this.making.url}${path}`, {
      method: 'POST',
      headers: { ...(await this.headers()), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** A run that waits for a worker. */
  async run(): Promise<string> {
    const trigger = { campaign_id: uniqueName('run') };
    return (await this.post<{ id: string }>('/v1/runs', campaignRequest(trigger))).id;
  }

  /** A run that has failed. */
  async failedRun(): Promise<string> {
    const runId = await this.run();
    const failure = { status: 'failed', code: 'AWAY', message: 'it ended' } as const;
    await settleRun(this.making.dataSource, { tenantId: this.tenantId, runId }, failure);
    return runId;
  }

  /** A run with a map that has one item. */
  async mapRun(): Promise<string> {
    const { tenantId } = this;
    const run = newRun({ tenantId });
    await transaction(this.making.dataSource, async tx => {
      await tx.runs.insertRun(run);
      await tx.steps.insertSteps([newStep(run, { stepId: 'each', skillId: '$map', kind: 'map' })]);
      const map = { tenantId, runId: run.id, mapStepId: 'each' };
      await tx.mapItems.insertItems(map, [{ position: 0, key: 'a', value: 1 }]);
    });
    return run.id;
  }

  /** A gate that waits for a decision. */
  async gate(): Promise<{ readonly id: string; readonly runId: string; readonly shownDigest: string }> {
    const { tenantId } = this;
    const { dataSource } = this.making;
    const run = newRun({ tenantId });
    await transaction(dataSource, async tx => {
      await tx.runs.insertRun(run);
      await tx.steps.insertSteps([newStep(run, { stepId: 'ok', skillId: '$gate', kind: 'gate' })]);
    });
    const records = repositories(dataSource);
    await records.runs.markRunning(tenantId, run.id);
    await openGate(
      { dataSource },
      {
        ...{ tenantId, runId: run.id, stepId: 'ok', shown: { title: uniqueName('gate') } },
        ...{ role: 'approver', withinMs: 600_000, otherwise: 'reject' },
      },
    );
    return (await records.gates.getGateOfStep(tenantId, run.id, 'ok'))!;
  }

  /** A file that a client has brought. */
  async upload(bytes = uniqueName('bytes')): Promise<{ readonly id: string; readonly contentHash: string }> {
    const response = await fetch(`${this.making.url}/v1/artifacts?type=text/plain&filename=a.txt`, {
      method: 'POST',
      headers: await this.headers(),
      body: bytes,
    });
    return (await response.json()) as { id: string; contentHash: string };
  }

  /** A result in the cache. */
  async cacheEntry(): Promise<string> {
    const cacheKey = uniqueDigest();
    const entry = newCacheEntry({ tenantId: this.tenantId, cacheKey, digests: [digestOf('9')] });
    await repositories(this.making.dataSource).cache.putEntry(entry);
    return cacheKey;
  }

  scheduleRequest() {
    return {
      name: uniqueName('schedule'),
      workflow: 'campaign.build',
      trigger: campaignTrigger({ campaign_id: uniqueName('due') }),
      every: '20h',
    };
  }
  async schedule(): Promise<string> {
    return (await this.post<{ id: string }>('/v1/schedules', { ...this.scheduleRequest(), paused: true })).id;
  }

  webhookRequest() {
    return { url: this.making.hook, types: ['webhook.tested'], description: uniqueName('hook') };
  }
  async webhook(): Promise<string> {
    return (await this.post<{ id: string }>('/v1/webhooks', this.webhookRequest())).id;
  }

  /** An event that has arrived at a webhook. */
  async delivery(): Promise<{ readonly id: string; readonly deliveryId: string }> {
    const [id, deliveryId] = [await this.webhook(), newId()];
    await this.making.dataSource.query(
      `INSERT INTO "webhook_delivery" ("id", "tenantId", "webhookId", "eventId", "eventType", "position", "body", "status", "endedAt")
       VALUES ($1, $2, $3, $4, 'run.completed', 1, '{}', 'delivered', now())`,
      [deliveryId, this.tenantId, id, newId()],
    );
    return { id, deliveryId };
  }

  async key(): Promise<string> {
    await this.headers();
    return (await makeKey(this.making.dataSource, this.tenantId, { role: 'viewer' })).id;
  }

  /** A tenant that has nothing, for the operator. */
  async otherTenant(): Promise<string> {
    const id = uniqueName('tenant');
    await makeTenant(this.making.dataSource, id);
    return id;
  }

  /** An artifact of a run, which names bytes that are not there. */
  async artifactOfRun(): Promise<{ readonly id: string; readonly runId: string }> {
    const run = newRun({ tenantId: this.tenantId });
    const { runs, artifacts } = repositories(this.making.dataSource);
    await runs.insertRun(run);
    const [id] = await artifacts.insertArtifacts([newArtifact(run, { contentHash: uniqueDigest() })]);
    return { id: id!, runId: run.id };
  }
}
