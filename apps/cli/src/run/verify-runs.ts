import type { Artifact, CairnClient, DamagedBlob, RunSummary } from '@cairn/client';
import { artifactsOf } from '../api/artifacts-of.js';

/** A file of a run whose bytes are missing or wrong. */
export interface DamagedFile {
  readonly artifactId: string;
  /** What makes it; absent for what the run was given. */
  readonly stepId?: string;
  readonly name: string;
  readonly digest: string;
  readonly problem: DamagedBlob['problem'];
}

/** What makes the bytes of a run again. */
export type Heal =
  | { readonly by: 'retry' }
  /** The steps, in no order; one fork heals all that the graph reaches from its step. */
  | { readonly by: 'fork'; readonly from: readonly string[] }
  /** It was given files that nobody can make: they are to be uploaded again. */
  | { readonly by: 'upload' }
  /** It is not over: its steps make again what they need. */
  | { readonly by: 'itself' };

export interface DamagedRun {
  readonly runId: string;
  readonly workflow: string;
  readonly status: RunSummary['status'];
  readonly files: readonly DamagedFile[];
  readonly heal: Heal;
}

/** Every run of the tenant is either verified or named here. */
export interface VerifiedRuns {
  readonly verified: number;
  readonly damaged: readonly DamagedRun[];
}

/** Runs of one page of a list. */
const PAGE = 200;

/**
 * Which runs have bytes that a verification of the whole store has found damaged.
 * @param found all that is damaged.
 */
export async function verifyRuns(
  client: CairnClient,
  found: readonly DamagedBlob[],
  signal: AbortSignal,
): Promise<VerifiedRuns> {
  const problems = new Map(found.map(({ digest, problem }) => [digest, problem]));
  const suspects = new Set(found.flatMap(({ runIds }) => runIds));
  // Of bytes that many artifacts name only the newest are told: then each run is looked at.
  const everyRun = found.some(({ artifactIds, artifactCount }) => artifactIds.length < artifactCount);
  let verified = 0;
  const damaged: DamagedRun[] = [];
  for await (const run of allRuns(client)) {
    signal.throwIfAborted();
    const files =
      everyRun || suspects.has(run.id) ? damagedOf(await artifactsOf(client, run.id), problems) : [];
    if (files.length === 0) verified += 1;
    else
      damaged.push({
        runId: run.id,
        workflow: run.workflowName,
        status: run.status,
        files,
        heal: healOf(run, files),
      });
  }
  return { verified, damaged };
}

async function* allRuns(client: CairnClient): AsyncGenerator<RunSummary> {
  for (let cursor: string | undefined; ;) {
    const page = await client.listRuns({
      limit: PAGE,
      children: 'true',
      ...(cursor !== undefined && { cursor }),
    });
    yield* page.items;
    cursor = page.nextCursor;
    if (cursor === undefined) return;
  }
}

function damagedOf(
  artifacts: readonly Artifact[],
  problems: ReadonlyMap<string, DamagedBlob['problem']>,
): DamagedFile[] {
  return artifacts.flatMap(({ id, stepId, name, contentHash }) => {
    const problem = problems.get(contentHash);
    return problem === undefined
      ? []
      : [{ artifactId: id, ...(stepId !== undefined && { stepId }), name, digest: contentHash, problem }];
  });
}

function healOf({ status }: RunSummary, files: readonly DamagedFile[]): Heal {
  const from = [...new Set(files.flatMap(({ stepId }) => stepId ?? []))];
  if (files.some(({ stepId }) => stepId === undefined)) return { by: 'upload' };
  if (status === 'failed' || status === 'cancelled') return { by: 'retry' };
  return status === 'completed' ? { by: 'fork', from } : { by: 'itself' };
}
