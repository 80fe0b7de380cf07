import type { SeenStatement } from '@cairn/dao/testing';

/** Tables that are not of one tenant: what the installation runs, and which graphs there are, by digest. */
const SHARED = new Set(['worker_skill', 'workflow_graph']);
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Statements of a request that touch rows of tenants without saying of which: such a statement names the column, and
 * has the tenant among its values.
 *
 * @param follows leaves out those that go by ids alone, all of which an earlier statement has named together with the
 *   tenant: of a request that was answered with success, that one has found them
 */
export function untenanted(
  statements: readonly SeenStatement[],
  tenantId: string,
  { follows = false }: { follows?: boolean } = {},
): string[] {
  const known = new Set<string>();
  return statements
    .filter(({ text }) => tablesOf(text).some(table => !SHARED.has(table)))
    .filter(({ text, values }) => {
      const ids = JSON.stringify(values).match(ID) ?? [];
      // The table of tenants has the tenant as its id.
      const says = /"tenantId"/.test(text) || tablesOf(text).every(table => table === 'tenant');
      const tenanted = says && names(values, tenantId);
      if (tenanted) for (const id of ids) known.add(id);
      return !tenanted && !(follows && ids.length > 0 && ids.every(id => known.has(id)));
    })
    .map(({ text }) => text);
}

const tablesOf = (text: string): string[] =>
  [...text.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO)\s+"(\w+)"/g)].map(([, table]) => table!);

/** Whether a tenant is among values: by itself, in an array, or as a field of rows that travel as JSON. */
const names = (values: readonly unknown[], tenantId: string): boolean =>
  values.some(value =>
    Array.isArray(value)
      ? names(value, tenantId)
      : value === tenantId ||
        (typeof value === 'string' && value.includes(`"tenantId":${JSON.stringify(tenantId)}`)),
  );
