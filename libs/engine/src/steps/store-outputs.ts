import { BlobCorruptError, BlobNotFoundError } from '@cairn/artifact-store';
import { jcs } from '@cairn/canonical';
import type { VerifiedBlob } from '@cairn/dao';
import { checkOutput, findArtifacts, TerminalError, type FoundArtifact } from '@cairn/skill-kit';
import { keepBytes } from '../blobs/keep-bytes.js';
import type { Engine } from '../engine.js';
import type { PreparedStep } from './prepare-step.js';
import { InputDamagedError } from './step-errors.js';
import type { OutputArtifact, StepOutputs } from './step-outputs.js';

/** Outputs whose bytes are all stored, with the stamps of the files as they were written. */
export interface StoredOutputs extends StepOutputs {
  readonly blobs: readonly VerifiedBlob[];
}

/** What is known of the execution that gave an output. */
export interface Execution {
  /** Digests of the files that it has written. */
  readonly written: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * Checks a skill's output and makes sure that the bytes of all its artifacts are stored: documents are written
 * now, as canonical JSON; files must have been written before. One that the skill only passes on is read: nobody has
 * compared its bytes with the digest of late.
 *
 * @throws TerminalError OUTPUT_INVALID, OUTPUT_TOO_LARGE; InputDamagedError for an input file that is passed on
 */
export async function storeOutputs(
  engine: Pick<Engine, 'dataSource' | 'store'>,
  step: PreparedStep,
  output: unknown,
  execution: Execution,
): Promise<StoredOutputs> {
  const { skillId } = step.request;
  const schema = step.skill.skill.spec.output;
  checkOutput(skillId, schema, output);
  const found = findArtifacts(schema, output);
  const stored = await Promise.all(found.map(artifact => storedArtifact(engine, step, artifact, execution)));
  return { output, artifacts: stored.map(({ artifact }) => artifact), blobs: stored.map(({ blob }) => blob) };
}

interface Stored {
  readonly artifact: OutputArtifact;
  readonly blob: VerifiedBlob;
}

async function storedArtifact(
  engine: Pick<Engine, 'dataSource' | 'store'>,
  step: PreparedStep,
  found: FoundArtifact,
  { written, signal }: Execution,
): Promise<Stored> {
  const artifact = found.kind === 'json' ? await storeDocument(engine, step, found, signal) : fileOf(found);
  const { tenantId, skillId } = step.request;
  if (found.kind === 'file' && !written.has(artifact.digest))
    await verifyPassedOn(engine, step, artifact.digest);
  const blob = await engine.store.stat(tenantId, artifact.digest);
  if (blob?.size !== artifact.size)
    throw new TerminalError(
      'OUTPUT_INVALID',
      `${skillId} returned ${found.name}, a file that it did not write`,
    );
  return { artifact, blob: { digest: artifact.digest, stamp: blob.stamp } };
}

/** @throws InputDamagedError when it is a file of the step's input whose bytes are missing or wrong */
async function verifyPassedOn(
  { store }: Pick<Engine, 'store'>,
  { request, input }: PreparedStep,
  digest: string,
): Promise<void> {
  try {
    await store.verify(request.tenantId, digest);
  } catch (error) {
    const isDamaged = error instanceof BlobNotFoundError || error instanceof BlobCorruptError;
    if (!isDamaged) throw error;
    if (JSON.stringify(input).includes(digest)) throw new InputDamagedError(request.stepId, [digest]);
  }
}

async function storeDocument(
  engine: Pick<Engine, 'dataSource' | 'store'>,
  step: PreparedStep,
  found: Extract<FoundArtifact, { kind: 'json' }>,
  signal: AbortSignal,
): Promise<OutputArtifact> {
  const { tenantId, runId, stepId } = step.request;
  const { digest, size } = await keepBytes(
    engine,
    tenantId,
    { runId, stepId },
    Buffer.from(jcs(found.value)),
    signal,
  );
  const filename = `${found.type.slice(found.type.lastIndexOf('/') + 1)}.json`;
  return { name: found.name, type: found.type, digest, size, filename };
}

function fileOf({ name, file }: Extract<FoundArtifact, { kind: 'file' }>): OutputArtifact {
  const { type, digest, size, filename, metadata } = file;
  return { name, type, digest, size, ...(filename && { filename }), ...(metadata && { metadata }) };
}
