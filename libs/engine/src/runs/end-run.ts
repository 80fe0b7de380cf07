import { repositories } from '@cairn/dao';
import type { EndAnswer, RunEnding } from '@cairn/pipeline';
import { checkBlobs } from '../blobs/check-blobs.js';
import { filesIn } from '../blobs/files-in.js';
import type { Engine } from '../engine.js';
import { settleRun } from './settle-run.js';

/**
 * Ends the run as the interpreter says. What a completed run delivers is read and verified first, always: the files that
 * its output names, and all that the steps gave which the output is made of, documents too. Where bytes are missing or
 * wrong the run goes on, and they are named.
 */
export async function endRun(
  engine: Pick<Engine, 'dataSource' | 'store' | 'verifyAfterMs' | 'waker'>,
  ending: RunEnding,
): Promise<EndAnswer> {
  if (ending.status === 'completed') {
    const { tenantId, runId, output, delivers = [] } = ending;
    const rows = await repositories(engine.dataSource).artifacts.listArtifactsOfSteps(
      tenantId,
      runId,
      delivers,
    );
    const made = rows.map(row => ({ digest: row.contentHash, size: row.sizeBytes ?? 0 }));
    const files = filesIn(output).map(({ file }) => file);
    const { damaged } = await checkBlobs(engine, tenantId, [...files, ...made], { always: true });
    if (damaged.size > 0) return { kind: 'damaged', digests: [...damaged.keys()] };
  }
  await settleRun(engine.dataSource, ending, ending, () => engine.waker.turnsSoon());
  return { kind: 'ended' };
}
