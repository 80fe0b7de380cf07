import { repositories, type DataSource, type DueWebhook, type TakenDelivery, type Webhook } from '@cairn/dao';
import type { AddressRules } from './address-rules.js';
import { attemptDelivery } from './attempt.js';
import { fanOutOnce, type Render } from './fan-out.js';
import type { Log } from './log.js';
import { RETRY_AFTER_MS } from './retry-schedule.js';
import type { SecretSafe } from './secret-safe.js';
import { Slots, type SlotLimits } from './slots.js';

export interface CourierParts {
  readonly dataSource: DataSource;
  readonly safe: SecretSafe;
  readonly rules: AddressRules;
  readonly render: Render;
  /** Of this release, for the user agent. */
  readonly version: string;
  readonly log: Log;
  /** Told what came of each attempt. */
  readonly attempted?: ((outcome: 'delivered' | 'failed') => void) | undefined;
}

export interface CourierSettings extends SlotLimits {
  /** For one attempt, as a whole. Milliseconds. */
  readonly timeoutMs: number;
  /** Between an attempt that failed and the next one, in turn. Milliseconds. */
  readonly retryAfterMs: readonly number[];
  /** A webhook at which nothing has arrived for so long, while something was sent, is disabled. Milliseconds. */
  readonly disableAfterMs: number;
}

export const COURIER_DEFAULTS: CourierSettings = {
  ...{ perWebhook: 4, perTenant: 16, overall: 64 },
  timeoutMs: 15_000,
  retryAfterMs: RETRY_AFTER_MS,
  disableAfterMs: 5 * 24 * 3_600_000,
};

/** Ended deliveries are kept for 30 days. */
const KEEP_MS = 30 * 24 * 3_600_000;
const FORGET_EVERY_MS = 10 * 60_000;
const FORGET_BATCH = 1_000;
/** Webhooks that one look finds something due for. */
const MOST_DUE = 100;

/**
 * Brings events to webhooks, at least once each: what is due is taken for the time of an attempt, and who dies with it
 * loses it to another. Several processes share the work.
 */
export class Courier {
  private readonly settings: CourierSettings;
  private readonly slots: Slots;
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private forgetAt = 0;

  /** @param onFreed called whenever an attempt has ended, and another one may begin */
  constructor(
    private readonly parts: CourierParts,
    settings: Partial<CourierSettings> = {},
    private readonly onFreed: () => void = () => undefined,
  ) {
    this.settings = { ...COURIER_DEFAULTS, ...settings };
    this.slots = new Slots(this.settings);
  }

  /**
   * Makes deliveries of new events, and begins attempts at what is due; they go on when this returns.
   * @returns in how many milliseconds something is due next, as far as is known; undefined when nothing is
   */
  async tick(): Promise<number | undefined> {
    const { dataSource, render } = this.parts;
    while (!this.stopping.signal.aborted && (await fanOutOnce(dataSource, render)));
    const { webhooksAcrossTenants } = repositories(dataSource);
    const due = await webhooksAcrossTenants.findDue(this.slots.full(), MOST_DUE);
    for (const one of due) await this.begin(one);
    await this.forget();
    const next = await webhooksAcrossTenants.nextDueIn();
    return next ?? undefined;
  }

  /** Begins no more attempts, and lets those that are under way end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.underWay);
  }

  private async begin(due: DueWebhook): Promise<void> {
    const free = this.slots.free(due);
    if (free === 0 || this.stopping.signal.aborted) return;
    const { webhooks, webhooksAcrossTenants } = repositories(this.parts.dataSource);
    const webhook = await webhooks.getWebhook(due.tenantId, due.id);
    if (webhook?.status !== 'enabled') return;
    // Twice the time that an attempt may take: so long nobody else makes it.
    const taken = await webhooksAcrossTenants.take(due.id, free, 2 * this.settings.timeoutMs);
    for (const delivery of taken) this.launch(webhook, delivery);
  }

  private launch(webhook: Webhook, delivery: TakenDelivery): void {
    this.slots.take(webhook);
    const attempt = attemptDelivery(this.parts, this.settings, webhook, delivery)
      .catch((error: unknown) =>
        // Not recorded: when its time is over it is taken again.
        this.parts.log.warn(
          { webhookId: webhook.id, deliveryId: delivery.id, error: (error as Error).message },
          'an attempt to deliver could not be recorded',
        ),
      )
      .finally(() => {
        this.slots.giveBack(webhook);
        this.underWay.delete(attempt);
        this.onFreed();
      });
    this.underWay.add(attempt);
  }

  private async forget(): Promise<void> {
    const now = performance.now();
    if (now < this.forgetAt) return;
    const { webhooksAcrossTenants } = repositories(this.parts.dataSource);
    const forgotten = await webhooksAcrossTenants.forgetOld(KEEP_MS, FORGET_BATCH);
    this.forgetAt = forgotten < FORGET_BATCH ? now + FORGET_EVERY_MS : now;
  }
}
