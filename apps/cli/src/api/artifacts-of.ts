import type { Artifact, CairnClient } from '@cairn/client';

/** All artifacts of a run. */
export async function artifactsOf(client: CairnClient, runId: string): Promise<readonly Artifact[]> {
  const all: Artifact[] = [];
  for await (const artifact of client.runArtifacts(runId)) all.push(artifact);
  return all;
}
