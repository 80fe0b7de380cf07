import type { Tenant, TenantLimits, TenantUsage, TurnCounts } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { given } from '../runs/run-view.js';

/** A tenant as answers show it. */
export function tenantView(tenant: Tenant): http.Tenant {
  const { id, name, status, createdAt, updatedAt, deletedAt } = tenant;
  return {
    ...{ id, name, status, limits: limitsOf(tenant) },
    ...{ createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
    ...given({ deletedAt: deletedAt?.toISOString() }),
  };
}

/** A tenant and what it has now. */
export function tenantWithUsage(
  tenant: Tenant,
  { running, waiting }: TurnCounts,
  { blobs, runs }: TenantUsage,
): http.TenantWithUsage {
  const usage = { runningRuns: running, waitingRuns: waiting, storedBytes: blobs.bytes, runs };
  return { ...tenantView(tenant), usage };
}

/** The limits that a request names; those it leaves out are none. */
export function limitsOf(limits: Partial<TenantLimits>): TenantLimits {
  const { maxRunningRuns = null, maxStoredBytes = null, maxBodyBytes = null, maxUploadBytes = null } = limits;
  return { maxRunningRuns, maxStoredBytes, maxBodyBytes, maxUploadBytes };
}
