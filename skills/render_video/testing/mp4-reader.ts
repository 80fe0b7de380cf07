/** The contents of all boxes of a type, wherever they stand below `moov` (ISO/IEC 14496-12). */
export function boxes(file: Uint8Array, wanted: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  const walk = (part: Uint8Array) => {
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    for (let at = 0; at + 8 <= part.length;) {
      const type = String.fromCharCode(...part.subarray(at + 4, at + 8));
      const size = view.getUint32(at);
      const content = part.subarray(at + 8, at + size);
      if (type === wanted) found.push(content);
      if (['moov', 'trak', 'mdia', 'minf', 'stbl'].includes(type)) walk(content);
      // The sample description: a count, then one entry, whose own fields for pictures are 78 bytes long.
      if (type === 'stsd') walk(content.subarray(8));
      if (type === 'avc1') walk(content.subarray(78));
      at += Math.max(8, size);
    }
  };
  walk(file);
  return found;
}

const number = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
const name = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** What tracks a film has, and how many samples each. */
export function tracks(file: Uint8Array): { kind: string; codec: string; samples: number }[] {
  return boxes(file, 'trak').map(track => {
    // A track is walked as if it were a file of its own: its box header was cut off above.
    const inside = (type: string) => boxes(track, type)[0]!;
    return {
      kind: name(inside('hdlr'), 8),
      codec: name(inside('stsd'), 12),
      samples: number(inside('stsz'), 8),
    };
  });
}

/** Numbers, from 1, of the pictures that a player may start from. */
export function keyPictures(file: Uint8Array): number[] {
  const table = boxes(file, 'stss')[0]!;
  return Array.from({ length: number(table, 4) }, (_, i) => number(table, 8 + 4 * i));
}
