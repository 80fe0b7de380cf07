import { repositories, type DataSource } from '@cairn/dao';

const BATCH = 100;

/**
 * Has the schedules of a tenant end. Their records go when Temporal has forgotten them, which the keeper of schedules
 * sees to: nothing is left there that would start runs of a tenant that is gone.
 *
 * @returns whether they are all gone
 */
export async function endSchedules(dataSource: DataSource, tenantId: string): Promise<boolean> {
  const { schedules, tenantRows } = repositories(dataSource);
  for (;;) {
    const { rows } = await schedules.listSchedules(tenantId, { limit: BATCH });
    if (rows.length === 0) return (await tenantRows.countRows('schedule', tenantId)) === 0;
    for (const { id } of rows) await schedules.markDeleted(tenantId, id);
  }
}
