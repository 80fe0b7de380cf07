import { repositories, type DataSource } from '@cairn/dao';
import { CairnError } from '@cairn/dto';

/** How long a look is relied on: what is stored meanwhile may go beyond the limit. Milliseconds. */
const RELIED_ON_MS = 5_000;

interface Look {
  readonly at: number;
  readonly full: Promise<string | undefined>;
}

const looks = new WeakMap<DataSource, Map<string, Look>>();

/**
 * Refuses to store more for a tenant that has reached its limit of stored bytes. To look at the sum each time would
 * make every write as dear as a count of all: each process looks every few seconds.
 *
 * @throws CairnError TENANT_STORAGE_FULL, terminal; what the database throws.
 */
export async function refuseWhenFull(dataSource: DataSource, tenantId: string): Promise<void> {
  const ofTenants = looks.get(dataSource) ?? new Map<string, Look>();
  looks.set(dataSource, ofTenants);
  let look = ofTenants.get(tenantId);
  if (!look || performance.now() - look.at > RELIED_ON_MS) {
    look = { at: performance.now(), full: lookAt(dataSource, tenantId) };
    ofTenants.set(tenantId, look);
    look.full.catch(() => ofTenants.delete(tenantId));
  }
  const full = await look.full;
  if (full !== undefined) throw new CairnError('TENANT_STORAGE_FULL', full);
}

async function lookAt(dataSource: DataSource, tenantId: string): Promise<string | undefined> {
  const { tenants, usage } = repositories(dataSource);
  const most = (await tenants.getTenant(tenantId))?.maxStoredBytes ?? null;
  if (most === null) return undefined;
  const stored = await usage.storedBytes(tenantId);
  if (stored < most) return undefined;
  return `The tenant has stored ${stored} bytes and may have ${most}: delete runs, evict cache entries and collect, or have the limit raised`;
}
