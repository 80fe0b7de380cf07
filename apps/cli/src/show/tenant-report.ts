import type { Tenant, TenantList, TenantWithUsage } from '@cairn/client';
import { ago, bytes, oneLine } from './format.js';
import type { Colours, Screen } from './screen.js';
import { fields, table } from './table.js';

const COLUMNS = [
  { title: 'tenant' },
  { title: 'name', flexible: true },
  { title: 'status' },
  { title: 'runs', align: 'right', dispensable: true },
  { title: 'stored', align: 'right', dispensable: true },
  { title: 'made', align: 'right', dispensable: true },
] as const;

/** Prints a page of tenants with their limits. */
export function listTenants({ items, nextCursor }: TenantList, screen: Screen): void {
  const { dim } = screen.colours;
  if (items.length === 0) return screen.line('  No tenants. cairn tenants create ID makes one.');
  const rows = items.map(tenant => [
    tenant.id,
    oneLine(tenant.name),
    statusOf(tenant, screen.colours),
    tenant.limits.maxRunningRuns === null ? dim('any') : String(tenant.limits.maxRunningRuns),
    tenant.limits.maxStoredBytes === null ? dim('any') : bytes(tenant.limits.maxStoredBytes),
    dim(ago(tenant.createdAt)),
  ]);
  for (const line of table(COLUMNS, rows, screen)) screen.line(line);
  if (nextCursor !== undefined) screen.line(`\n  ${dim(`There are more: --cursor ${nextCursor}`)}`);
}

/** Prints a tenant, and what it has when that is known. */
export function showTenant(tenant: Tenant | TenantWithUsage, screen: Screen): void {
  const { limits } = tenant;
  const usage = 'usage' in tenant ? tenant.usage : undefined;
  const of = (has: string | undefined, most: string | undefined) =>
    [has, most === undefined ? has && 'no limit' : `at most ${most}`].filter(Boolean).join(', ') ||
    'no limit';
  const size = (limit: number | null) => (limit === null ? undefined : bytes(limit));
  const running = usage && `${usage.runningRuns} running, ${usage.waitingRuns} waiting`;
  const lines = fields(
    [
      ['Tenant', tenant.id],
      ['Name', oneLine(tenant.name)],
      ['Status', statusOf(tenant, screen.colours)],
      ['Runs', of(running, limits.maxRunningRuns === null ? undefined : `${limits.maxRunningRuns} at once`)],
      ['Stored', of(usage && bytes(usage.storedBytes), size(limits.maxStoredBytes))],
      ['Bodies', size(limits.maxBodyBytes)],
      ['Uploads', size(limits.maxUploadBytes)],
    ],
    screen,
  );
  for (const line of lines) screen.line(line);
}

function statusOf({ status }: Tenant, { green, yellow, dim }: Colours): string {
  if (status === 'active') return green('✔ active');
  return status === 'deleting' ? yellow('▶ being deleted') : dim('– deleted');
}
