import { zipSync, type Zippable } from 'fflate';

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
