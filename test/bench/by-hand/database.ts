import type { Pool, PoolClient } from 'pg';

export const SCHEMA = `
  CREATE TABLE run (
    id           uuid PRIMARY KEY,
    workflow     text NOT NULL,
    trigger      jsonb NOT NULL,
    status       text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'failed')),
    error        text,
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    completed_at timestamptz
  );
  CREATE TABLE run_step (
    run_id       uuid NOT NULL REFERENCES run ON DELETE CASCADE,
    step_id      text NOT NULL,
    status       text NOT NULL CHECK (status IN ('completed', 'failed')),
    input        jsonb NOT NULL,
    output       jsonb,
    attempt      integer NOT NULL,
    started_at   timestamptz NOT NULL,
    completed_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, step_id)
  );
  CREATE TABLE artifact (
    run_id     uuid NOT NULL,
    step_id    text NOT NULL,
    type       text NOT NULL,
    path       text NOT NULL,
    digest     text NOT NULL,
    size_bytes bigint NOT NULL,
    filename   text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run_id, step_id),
    FOREIGN KEY (run_id, step_id) REFERENCES run_step ON DELETE CASCADE
  );
  CREATE INDEX ON artifact (digest);`;

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((lost: Error) => (failure = lost));
    throw error;
  } finally {
    // A connection that cannot roll back is closed instead of being used again.
    client.release(failure);
  }
}
