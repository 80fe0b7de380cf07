/** How many things are sent at once. */
export interface SlotLimits {
  /** To one webhook: what a slow receiver can hold. */
  readonly perWebhook: number;
  /** To all webhooks of a tenant. */
  readonly perTenant: number;
  readonly overall: number;
}

interface Of {
  readonly id: string;
  readonly tenantId: string;
}

/** Counts what is being sent, so that neither one receiver nor one tenant holds up the others. */
export class Slots {
  private readonly webhooks = new Map<string, number>();
  private readonly tenants = new Map<string, number>();
  private used = 0;

  constructor(private readonly limits: SlotLimits) {}

  get inUse(): number {
    return this.used;
  }

  /** How many more things can be sent to a webhook now. */
  free({ id, tenantId }: Of): number {
    const { perWebhook, perTenant, overall } = this.limits;
    return Math.max(
      0,
      Math.min(
        perWebhook - (this.webhooks.get(id) ?? 0),
        perTenant - (this.tenants.get(tenantId) ?? 0),
        overall - this.used,
      ),
    );
  }

  /** Webhooks to which nothing more can be sent for what is being sent to themselves. */
  full(): string[] {
    return [...this.webhooks].filter(([, used]) => used >= this.limits.perWebhook).map(([id]) => id);
  }

  take(of: Of): void {
    this.count(of, 1);
  }

  giveBack(of: Of): void {
    this.count(of, -1);
  }

  private count({ id, tenantId }: Of, by: 1 | -1): void {
    this.used += by;
    for (const [counts, key] of [
      [this.webhooks, id],
      [this.tenants, tenantId],
    ] as const) {
      const count = (counts.get(key) ?? 0) + by;
      if (count > 0) counts.set(key, count);
      else counts.delete(key);
    }
  }
}
