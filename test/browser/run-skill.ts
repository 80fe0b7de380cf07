import { fileURLToPath } from 'node:url';
import { resourceRoot } from '@cairn/campaign-kit';
import { findArtifacts, type FileRef, type SkillImplementation } from '@cairn/skill-kit';
import { fileRef, runSkill as run } from '@cairn/skill-kit/testing';

const blobs: Record<string, Uint8Array> = {};

/** Keeps bytes for the skills of this test, and names them. */
export function keep<const K extends string>(type: K, bytes: Uint8Array, filename: string): FileRef<K> {
  const ref = fileRef(type, bytes, { filename });
  blobs[ref.digest] = bytes;
  return ref;
}

/** The bytes behind a file that a skill wrote or a test kept. */
export function bytesOf(file: FileRef): Uint8Array {
  const bytes = blobs[file.digest];
  if (!bytes) throw new Error(`No skill wrote ${file.filename ?? file.digest}`);
  return bytes;
}

/**
 * Runs a skill of the repository with its real resources, without engine or store; what it writes is kept for the
 * skills after it.
 * @param name as in its package's name, e.g. `render-video`
 */
export async function runSkill<T extends object>(name: string, input: unknown): Promise<T> {
  const module = (await import(`@cairn/skill-${name}/run`)) as { default: SkillImplementation<T> };
  const { output, files } = await run(module.default, {
    input,
    files: blobs,
    resourceRoot: fileURLToPath(resourceRoot),
  });
  for (const found of findArtifacts(module.default.skill.spec.output, output))
    if (found.kind === 'file') blobs[found.file.digest] = files.get(found.file);
  return output;
}
