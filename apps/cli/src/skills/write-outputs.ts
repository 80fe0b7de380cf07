import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findArtifacts, type AnySkill, type FileRef } from '@cairn/skill-kit';
import type { SkillRun } from '@cairn/skill-kit/testing';

/** A file that a skill made. */
export interface WrittenFile {
  /** Where it is in the output, e.g. `track` or `sounds.spin`. */
  readonly name: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Absolute; absent where no folder was given. */
  readonly path?: string;
}

/**
 * Writes the files in a skill's output into a folder, under their own names or, where two have one, with the place in
 * the output before it. A file of an earlier time is replaced.
 *
 * @param folder absolute; nothing is written where it is absent.
 */
export async function writeOutputs(
  skill: AnySkill,
  { output, files }: Pick<SkillRun<unknown>, 'output' | 'files'>,
  folder: string | undefined,
): Promise<readonly WrittenFile[]> {
  const made = findArtifacts(skill.spec.output, output).flatMap(found =>
    found.kind === 'file' ? [{ name: found.name, file: found.file }] : [],
  );
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const taken = new Set<string>();
  const written: WrittenFile[] = [];
  for (const { name, file } of made) {
    const { digest, size } = file;
    if (folder === undefined) {
      written.push({ name, digest, size });
      continue;
    }
    const path = join(folder, fileNameOf(name, file, taken));
    await writeFile(path, files.get(file));
    written.push({ name, digest, size, path });
  }
  return written;
}

function fileNameOf(name: string, { filename = name }: FileRef, taken: Set<string>): string {
  // A skill's filename leads nowhere but into the folder.
  const own = filename.replace(/[/\\\0]/g, '_').replace(/^\.+$/, '_');
  const free = taken.has(own) ? `${name}-${own}` : own;
  taken.add(free);
  return free;
}
