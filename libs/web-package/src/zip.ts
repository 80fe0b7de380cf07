import { unzipSync, zipSync, type Zippable } from 'fflate';

/** Already compressed, or not worth the time. */
const MEDIA = /\.(mp3|wav|mp4|png|jpg|webp)$/;

/**
 * A zip that depends on the files alone: sorted by path and dated 1980-01-01, the first day a zip knows. The
 * date is a local one, because that is what a zip stores.
 */
export function zipFiles(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = {};
  for (const path of [...files.keys()].sort())
    entries[path] = [files.get(path) as Uint8Array, { level: MEDIA.test(path) ? 0 : 9 }];
  return zipSync(entries, { mtime: new Date(1980, 0, 1) });
}

/**
 * The files of a zip, sorted by path; entries that stand for folders are left out. Paths are as the zip has them,
 * so one of unknown origin may name a place outside its folder.
 * @throws Error when it is no zip, or a damaged one
 */
export function unzipFiles(zip: Uint8Array): Map<string, Uint8Array> {
  const files = Object.entries(unzipSync(zip, { filter: ({ name }) => !name.endsWith('/') }));
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
