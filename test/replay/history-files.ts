import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

/** A history of Temporal's as plain JSON. */
export interface History {
  readonly events: readonly HistoryEvent[];
}
export interface HistoryEvent {
  readonly eventType: string;
  readonly [attributes: string]: unknown;
}

/** The executions of one shape: the run's own, then those that it has started or continued as, in that order. */
export interface RecordedShape {
  readonly shape: string;
  readonly executions: readonly { readonly workflowId: string; readonly history: History }[];
}

/** One folder for each release of Cairn that has recorded histories. */
const FOLDER = fileURLToPath(new URL('../../replay/histories/', import.meta.url));
const ENDING = '.json.gz';

/** Replaces what was recorded of a release, or of these shapes of it. @returns the bytes written */
export async function writeShapes(
  release: string,
  shapes: readonly RecordedShape[],
  { keepOthers }: { readonly keepOthers: boolean },
): Promise<number> {
  const folder = join(FOLDER, release);
  if (!keepOthers) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  let bytes = 0;
  for (const recorded of shapes) {
    const packed = gzipSync(JSON.stringify(recorded), { level: 9 });
    bytes += packed.length;
    await writeFile(join(folder, `${recorded.shape}${ENDING}`), packed);
  }
  return bytes;
}

/** All that was recorded of all releases, each under `release/shape`. */
export async function readShapes(): Promise<ReadonlyMap<string, RecordedShape>> {
  const paths = (await readdir(FOLDER, { recursive: true })).filter(path => path.endsWith(ENDING)).sort();
  const entries = paths.map(async path => {
    const text = gunzipSync(await readFile(join(FOLDER, path))).toString('utf8');
    return [
      join(dirname(path), path.slice(dirname(path).length + 1, -ENDING.length)),
      JSON.parse(text) as RecordedShape,
    ] as const;
  });
  return new Map(await Promise.all(entries));
}
