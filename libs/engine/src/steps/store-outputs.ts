import type { ArtifactStore } from '@cairn/artifact-store';
import { jcs } from '@cairn/canonical';
import { checkOutput, findArtifacts, TerminalError, type FoundArtifact } from '@cairn/skill-kit';
import type { PreparedStep } from './prepare-step.js';
import type { OutputArtifact, StepOutputs } from './step-outputs.js';

/**
 * Checks a skill's output and makes sure that the bytes of all its artifacts are stored: documents are written
 * now, as canonical JSON; files must have been written before.
 *
 * @throws TerminalError OUTPUT_INVALID, OUTPUT_TOO_LARGE
 */
export async function storeOutputs(
  step: PreparedStep,
  output: unknown,
  store: ArtifactStore,
): Promise<StepOutputs> {
  const { tenantId, skillId } = step.request;
  const schema = step.skill.skill.spec.output;
  checkOutput(skillId, schema, output);
  const artifacts: OutputArtifact[] = [];
  for (const found of findArtifacts(schema, output))
    artifacts.push(await stored(found, tenantId, skillId, store));
  return { output, artifacts };
}

async function stored(
  found: FoundArtifact,
  tenantId: string,
  skillId: string,
  store: ArtifactStore,
): Promise<OutputArtifact> {
  if (found.kind === 'json') {
    const blob = await store.put(tenantId, Buffer.from(jcs(found.value)));
    const filename = `${found.type.slice(found.type.lastIndexOf('/') + 1)}.json`;
    return { name: found.name, type: found.type, digest: blob.digest, size: blob.size, filename };
  }
  const { type, digest, size, filename, metadata } = found.file;
  const blob = await store.stat(tenantId, digest);
  if (blob?.size !== size)
    throw new TerminalError(
      'OUTPUT_INVALID',
      `${skillId} returned ${found.name}, a file that it did not write`,
    );
  return {
    name: found.name,
    type,
    digest,
    size,
    ...(filename && { filename }),
    ...(metadata && { metadata }),
  };
}

/** Whether all bytes that an entry names are there, in their size. */
export async function outputsExist(
  outputs: StepOutputs,
  tenantId: string,
  store: ArtifactStore,
): Promise<boolean> {
  const sizes = await Promise.all(outputs.artifacts.map(({ digest }) => store.stat(tenantId, digest)));
  return outputs.artifacts.every(({ size }, index) => sizes[index]?.size === size);
}
