import { repositories } from '@cairn/dao';
import type { EndAnswer, RunEnding } from '@cairn/pipeline';
import { checkBlobs, type NamedBytes } from '../blobs/check-blobs.js';
import type { Engine } from '../engine.js';
import { settleRun } from './settle-run.js';

/**
 * Ends the run as the interpreter says. What a completed run delivers is read and verified first, always: the files that
 * its output names, and all that the steps gave which the output is made of, documents too. Where bytes are missing or
 * wrong the run goes on, and they are named.
 */
export async function endRun(
  engine: Pick<Engine, 'dataSource' | 'store' | 'verifyAfterMs'>,
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
    const { damaged } = await checkBlobs(engine, tenantId, [...filesIn(output), ...made], { always: true });
    if (damaged.size > 0) return { kind: 'damaged', digests: [...damaged.keys()] };
  }
  await settleRun(engine.dataSource, ending, ending);
  return { kind: 'ended' };
}

/** The file references in a run's output, wherever they stand. */
function filesIn(value: unknown): readonly NamedBytes[] {
  if (value === null || typeof value !== 'object') return [];
  const { type, digest, size } = value as { type?: unknown; digest?: unknown; size?: unknown };
  if (typeof type === 'string' && typeof digest === 'string' && typeof size === 'number')
    return /^sha256:[0-9a-f]{64}$/.test(digest) ? [{ digest, size }] : [];
  return Object.values(value).flatMap(filesIn);
}
