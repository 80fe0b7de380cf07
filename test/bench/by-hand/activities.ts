import { Context } from '@temporalio/activity';
import type { Pool } from 'pg';
import { makePage, type PageInput } from '../../fixtures/page-skill/make-page.js';
import { transaction } from './database.js';
import type { BlobFolder } from './blob-folder.js';

export interface StoredPage {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly filename: string;
}

interface Step {
  readonly runId: string;
  readonly stepId: string;
  readonly input: PageInput & { readonly from: readonly StoredPage[] };
}

interface Ending {
  readonly runId: string;
  readonly status: 'completed' | 'failed';
  readonly error?: string;
}

export type Activities = ReturnType<typeof createActivities>;

/** May be tried again at any point: the bytes are named by their digest, the rows by run and step. */
export function createActivities({ pool, blobs }: { pool: Pool; blobs: BlobFolder }) {
  return {
    async writePage({ runId, stepId, input }: Step): Promise<StoredPage> {
      const { cancellationSignal, info } = Context.current();
      const startedAt = new Date();
      const { digest, size, path } = await blobs.put(await makePage(input, cancellationSignal));
      const page = { digest, size, filename: `${input.label}.txt` };
      await transaction(pool, async client => {
        await client.query(
          `INSERT INTO run_step (run_id, step_id, status, input, output, attempt, started_at, completed_at)
           VALUES ($1, $2, 'completed', $3, $4, $5, $6, clock_timestamp())
           ON CONFLICT (run_id, step_id) DO UPDATE SET
             status = 'completed', output = excluded.output, attempt = excluded.attempt,
             completed_at = excluded.completed_at`,
          [runId, stepId, input, page, info.attempt, startedAt],
        );
        await client.query(
          `INSERT INTO artifact (run_id, step_id, type, path, digest, size_bytes, filename)
           VALUES ($1, $2, 'text/page', $3, $4, $5, $6)
           ON CONFLICT (run_id, step_id) DO UPDATE SET
             path = excluded.path, digest = excluded.digest, size_bytes = excluded.size_bytes`,
          [runId, stepId, path, digest, size, page.filename],
        );
      });
      return page;
    },

    async endRun({ runId, status, error }: Ending): Promise<void> {
      await pool.query(
        `UPDATE run SET status = $2, error = $3, completed_at = clock_timestamp()
          WHERE id = $1 AND status = 'running'`,
        [runId, status, error ?? null],
      );
    },
  };
}
