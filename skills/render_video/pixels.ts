/**
 * Pictures as bytes. Everything here is integer arithmetic, so that the same SVG gives the same film everywhere.
 * A picture is premultiplied RGBA, row by row, as resvg gives it.
 */

/** A range of pixels, row by row. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** From the first pixel that is not empty to the last one. */
export function filledPart(picture: Uint8Array): Part {
  const words = new Uint32Array(picture.buffer, picture.byteOffset, picture.length >> 2);
  let start = 0;
  while (start < words.length && words[start] === 0) start++;
  let end = words.length;
  while (end > start && words[end - 1] === 0) end--;
  return { start, end };
}

/** Lays a picture over an opaque one. `opacity` is 0 to 256; what is outside `part` is known to be empty. */
export function over(below: Uint8Array, above: Uint8Array, opacity = 256, part?: Part): void {
  const words = new Uint32Array(above.buffer, above.byteOffset, above.length >> 2);
  const end = part?.end ?? words.length;
  for (let i = part?.start ?? 0; i < end; i++) {
    const word = words[i] as number;
    if (word === 0) continue;
    const p = i << 2;
    let a = above[p + 3] as number;
    let r = above[p] as number;
    let g = above[p + 1] as number;
    let b = above[p + 2] as number;
    if (opacity !== 256) {
      a = (a * opacity) >> 8;
      r = (r * opacity) >> 8;
      g = (g * opacity) >> 8;
      b = (b * opacity) >> 8;
    }
    if (a === 255) {
      below[p] = r;
      below[p + 1] = g;
      below[p + 2] = b;
      continue;
    }
    const rest = 255 - a;
    below[p] = blend(r, below[p] as number, rest);
    below[p + 1] = blend(g, below[p + 1] as number, rest);
    below[p + 2] = blend(b, below[p + 2] as number, rest);
  }
}

/** (x × 257 + 32896) >> 16 is x / 255, rounded, for every product of two bytes. */
function blend(above: number, below: number, rest: number): number {
  const sum = above + ((below * rest * 257 + 32_896) >> 16);
  return sum > 255 ? 255 : sum;
}

/** Takes colour out of an opaque picture; `amount` is 0 (grey) to 256 (unchanged). */
export function saturate(picture: Uint8Array, amount: number): void {
  if (amount >= 256) return;
  for (let p = 0; p < picture.length; p += 4) {
    const r = picture[p] as number;
    const g = picture[p + 1] as number;
    const b = picture[p + 2] as number;
    // Weights of BT.709 in 256ths: 54 + 183 + 19.
    const grey = (54 * r + 183 * g + 19 * b) >> 8;
    picture[p] = grey + (((r - grey) * amount) >> 8);
    picture[p + 1] = grey + (((g - grey) * amount) >> 8);
    picture[p + 2] = grey + (((b - grey) * amount) >> 8);
  }
}

/**
 * Converts an opaque picture to I420 with the BT.709 matrix and limited range (luma 16 to 235, chroma 16 to 240;
 * ITU-R BT.709-6, section 3), in 16-bit fixed point. A chroma sample is the mean of its four pixels.
 *
 * @param width even
 * @param out width × height × 3 / 2 bytes
 */
export function toI420(picture: Uint8Array, width: number, height: number, out: Uint8Array): void {
  const lumaSize = width * height;
  const half = width >> 1;
  let u = lumaSize;
  let v = lumaSize + half * (height >> 1);
  for (let y = 0; y < height; y += 2) {
    let p = y * width * 4;
    let q = p + width * 4;
    let l = y * width;
    for (let x = 0; x < half; x++) {
      let r = picture[p] as number;
      let g = picture[p + 1] as number;
      let b = picture[p + 2] as number;
      out[l] = (11966 * r + 40254 * g + 4064 * b + 1081344) >> 16;
      let [sr, sg, sb] = [r, g, b];
      r = picture[p + 4] as number;
      g = picture[p + 5] as number;
      b = picture[p + 6] as number;
      out[l + 1] = (11966 * r + 40254 * g + 4064 * b + 1081344) >> 16;
      sr += r;
      sg += g;
      sb += b;
      r = picture[q] as number;
      g = picture[q + 1] as number;
      b = picture[q + 2] as number;
      out[l + width] = (11966 * r + 40254 * g + 4064 * b + 1081344) >> 16;
      sr += r;
      sg += g;
      sb += b;
      r = picture[q + 4] as number;
      g = picture[q + 5] as number;
      b = picture[q + 6] as number;
      out[l + width + 1] = (11966 * r + 40254 * g + 4064 * b + 1081344) >> 16;
      sr += r;
      sg += g;
      sb += b;
      out[u++] = (-6596 * sr - 22189 * sg + 28785 * sb + 33685504) >> 18;
      out[v++] = (28785 * sr - 26145 * sg - 2640 * sb + 33685504) >> 18;
      p += 8;
      q += 8;
      l += 2;
    }
  }
}
