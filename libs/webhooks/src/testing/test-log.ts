import { repositories, SequencerSession, transaction, type DataSource, type NewEvent } from '@cairn/dao';
import { createMigratedTestDatabase } from '@cairn/dao/testing';

/** A test may be quiet for longer than the one who sequences for all. Milliseconds. */
const QUIET_MS = 600_000;

/** A database whose events get their places when a test writes them. */
export interface TestLog {
  readonly dataSource: DataSource;
  /** Records that things happened; they are in the log when this returns. @returns their ids */
  happen(...events: readonly NewEvent[]): Promise<string[]>;
  /** Has whatever was written meanwhile placed in the log. */
  sequence(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestLog(): Promise<TestLog> {
  const database = await createMigratedTestDatabase();
  const { dataSource } = database;
  const session = await SequencerSession.open(dataSource, () => undefined, QUIET_MS);
  const sequence = async () => void (await session.sequence('0', 10_000));
  return {
    dataSource,
    sequence,
    happen: async (...events) => {
      await sequence();
      const tenants = [...new Set(events.map(({ tenantId }) => tenantId))];
      const before = await repositories(dataSource).eventLog.ranges(tenants);
      await transaction(dataSource, tx => tx.events.append(events));
      await sequence();
      const ids = await Promise.all(
        tenants.map(async tenantId => {
          const after = before.get(tenantId)?.position ?? 0;
          const written = await repositories(dataSource).eventLog.readEvents(tenantId, after, 10_000);
          return written.map(({ id }) => id);
        }),
      );
      return ids.flat();
    },
    stop: async () => {
      await session.close();
      await database.drop();
    },
  };
}
