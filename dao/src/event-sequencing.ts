import pg from 'pg';
import type { DataSource } from 'typeorm';

/** Any fixed number, the same in every process that sequences. */
const SEQUENCER_LOCK = 0x43616974;
/** The channel on which new events are told: `<position> <tenant>`, once for each tenant and batch. */
export const EVENT_CHANNEL = 'cairn_event';

/** For so long may the one who sequences be quiet before PostgreSQL takes it for dead. Milliseconds. */
const HANGS_MS = 5_000;

/**
 * PostgreSQL ends the session of a process that hangs, or whose machine is gone, and with it the lock. The one who
 * sequences is never quiet for so long.
 */
const settingsOf = (hangsMs: number) => [
  `idle_session_timeout=${hangsMs}`,
  `idle_in_transaction_session_timeout=${hangsMs}`,
  'statement_timeout=60s',
  'tcp_keepalives_idle=5',
  'tcp_keepalives_interval=2',
  'tcp_keepalives_count=3',
  // A place that was told must outlive a crash, whatever writers are content with.
  'synchronous_commit=on',
];

/** What one statement has done. */
export interface SequencedBatch {
  /** How many events have got their place. */
  readonly events: number;
  /**
   * When fewer than asked for were found: no event without a place is left, nor will be committed, of a transaction
   * below this one. The next look may begin here.
   */
  readonly horizon: string;
}

/**
 * Gives the events that are visible, have no place, and were written by transaction $1 or a later one the next
 * positions of their tenants: $2 at most. Of two that are visible together the one that was written first comes first,
 * so what was committed before another was written is before it in the log.
 *
 * It locks the rows that it numbers, and counts only those that it has locked: even two at once would leave no gap
 * and give no position twice. The notification is part of the statement: it comes if and when the positions do.
 */
const SEQUENCE = `
  WITH "due" AS MATERIALIZED (
    SELECT "id", "tenantId",
           row_number() OVER (PARTITION BY "tenantId" ORDER BY "createdAt", "id") AS "number",
           count(*) OVER (PARTITION BY "tenantId") AS "size"
      FROM (SELECT "id", "tenantId", "createdAt" FROM "event"
             WHERE "position" IS NULL AND "txid" >= $1::bigint
             ORDER BY "createdAt", "id" LIMIT $2 FOR UPDATE SKIP LOCKED) AS "found"
  ), "grown" AS (
    INSERT INTO "event_head" AS "h" ("tenantId", "position")
    SELECT "tenantId", count(*) FROM "due" GROUP BY "tenantId" ORDER BY "tenantId"
    ON CONFLICT ("tenantId") DO UPDATE SET "position" = "h"."position" + EXCLUDED."position"
    RETURNING "h"."tenantId", "h"."position"
  ), "placed" AS (
    UPDATE "event" AS "e" SET "position" = "grown"."position" - "due"."size" + "due"."number"
      FROM "due" JOIN "grown" ON "grown"."tenantId" = "due"."tenantId"
     WHERE "e"."id" = "due"."id"
    RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM "placed") AS "events",
         (SELECT count(pg_notify('${EVENT_CHANNEL}', "position" || ' ' || "tenantId"))::int FROM "grown") AS "told",
         pg_snapshot_xmin(pg_current_snapshot())::text AS "horizon"`;

/**
 * A connection of its own, for the one who gives events their places. Lock and work are of the same session, so nobody
 * works who has lost the lock.
 */
export class SequencerSession {
  private constructor(private readonly client: pg.Client) {}

  /**
   * @param onLost called once when the connection is lost; nothing can be done with it any more
   * @param hangsMs after so much silence PostgreSQL ends the session
   * @throws what the driver throws when it cannot connect
   */
  static async open(
    dataSource: DataSource,
    onLost: (error: Error) => void,
    hangsMs: number = HANGS_MS,
  ): Promise<SequencerSession> {
    const client = await openClient(dataSource, 'cairn-sequencer', settingsOf(hangsMs), onLost);
    return new SequencerSession(client);
  }

  /** Whether this session is, from now on, the one who sequences; it stays so until it is closed or lost. */
  async tryLead(): Promise<boolean> {
    const { rows } = await this.client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS "mine"', [
      SEQUENCER_LOCK,
    ]);
    return rows[0]!.mine;
  }

  /** Gives the next events their places; all or nothing. @param horizon as the last full look gave it, at first `0` */
  async sequence(horizon: string, limit: number): Promise<SequencedBatch> {
    const { rows } = await this.client.query<SequencedBatch>({
      name: 'sequence',
      text: SEQUENCE,
      values: [horizon, limit],
    });
    const { events, horizon: next } = rows[0]!;
    return { events, horizon: events < limit ? next : horizon };
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

/** Hears of new events: one connection, whoever many wait for them. */
export class EventListener {
  private constructor(private readonly client: pg.Client) {}

  /**
   * @param onEvents called for each batch with its tenant and the position of its last event
   * @param onLost called once when the connection is lost: what is told meanwhile is missed
   * @throws what the driver throws when it cannot connect
   */
  static async open(
    dataSource: DataSource,
    onEvents: (tenantId: string, position: number) => void,
    onLost: (error: Error) => void,
  ): Promise<EventListener> {
    const client = await openClient(dataSource, 'cairn-events', [], onLost);
    client.on('notification', ({ payload = '' }) => {
      const space = payload.indexOf(' ');
      onEvents(payload.slice(space + 1), Number(payload.slice(0, space)));
    });
    await client.query(`LISTEN ${EVENT_CHANNEL}`);
    return new EventListener(client);
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

async function openClient(
  dataSource: DataSource,
  name: string,
  settings: readonly string[],
  onLost: (error: Error) => void,
): Promise<pg.Client> {
  const { options } = dataSource;
  if (options.type !== 'postgres' || options.url === undefined) throw new Error('the data source has no URL');
  const client = new pg.Client({
    connectionString: options.url,
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    query_timeout: 60_000,
    options: settings.map(setting => `-c ${setting}`).join(' '),
  });
  let lost = false;
  const lose = (error?: Error) => {
    if (lost) return;
    lost = true;
    onLost(error ?? new Error('the connection was closed'));
  };
  client.on('error', lose);
  client.on('end', () => lose());
  await client.connect();
  return client;
}
