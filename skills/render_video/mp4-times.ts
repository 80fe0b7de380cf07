/** Boxes whose children are looked at, on the way from the file to the headers with dates (ISO/IEC 14496-12). */
const containers = new Set(['moov', 'trak', 'mdia']);
const dated = new Set(['mvhd', 'tkhd', 'mdhd']);

/**
 * Sets the dates of creation and modification to zero ("unknown"): the muxer writes the time of day, and the same film
 * would have other bytes tomorrow.
 *
 * @param file an MP4, changed in place
 * @throws Error when the boxes do not add up
 */
export function clearTimes(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const walk = (from: number, to: number) => {
    let at = from;
    while (at + 8 <= to) {
      const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
      const short = view.getUint32(at);
      const header = short === 1 ? 16 : 8;
      const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
      if (size < header || at + size > to)
        throw new Error(`the box ${type} at ${at} does not fit into its parent`);
      if (containers.has(type)) walk(at + header, at + size);
      if (dated.has(type)) {
        // Version 1 has dates of eight bytes, version 0 of four; both follow version and flags.
        const dates = file[at + header] === 1 ? 16 : 8;
        file.fill(0, at + header + 4, at + header + 4 + dates);
      }
      at += size;
    }
  };
  walk(0, file.length);
  return file;
}
