import { zlibSync } from 'fflate';

const table = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (table[(value ^ byte) & 0xff] as number) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(
    [...type].map(character => character.charCodeAt(0)),
    4,
  );
  out.set(data, 8);
  view.setUint32(8 + data.length, crc(out.subarray(4, 8 + data.length)));
  return out;
}

/** The PNG specification's predictor of a byte from its neighbours: left, above, above left. */
function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Filter types 0 to 4 of the PNG specification. */
const filters: readonly ((a: number, b: number, c: number) => number)[] = [
  () => 0,
  a => a,
  (_a, b) => b,
  (a, b) => (a + b) >> 1,
  paeth,
];

/** Stores a row as differences, by that filter whose differences are the smallest. */
function filterRow(row: Uint8Array, above: Uint8Array, out: Uint8Array, tried: Uint8Array): void {
  let best = Infinity;
  for (const [type, predict] of filters.entries()) {
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      const a = i < 3 ? 0 : (row[i - 3] as number);
      const c = i < 3 ? 0 : (above[i - 3] as number);
      const difference = ((row[i] as number) - predict(a, above[i] as number, c)) & 0xff;
      tried[i] = difference;
      sum += difference < 128 ? difference : 256 - difference;
    }
    if (sum >= best) continue;
    best = sum;
    out[0] = type;
    out.set(tried, 1);
  }
}

/**
 * An opaque RGBA picture as a PNG file (RGB, eight bits). The deflate is fflate's, since Node's differs between
 * processors and versions.
 */
export function encodePng(picture: Uint8Array, width: number, height: number): Uint8Array {
  const size = width * 3;
  const raw = new Uint8Array((size + 1) * height);
  const tried = new Uint8Array(size);
  let [row, above] = [new Uint8Array(size), new Uint8Array(size)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = (y * width + x) * 4;
      row[x * 3] = picture[p] as number;
      row[x * 3 + 1] = picture[p + 1] as number;
      row[x * 3 + 2] = picture[p + 2] as number;
    }
    filterRow(row, above, raw.subarray(y * (size + 1), (y + 1) * (size + 1)), tried);
    [row, above] = [above, row];
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2, 0, 0, 0], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('sRGB', Uint8Array.of(0)),
    chunk('IDAT', zlibSync(raw, { level: 6 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
