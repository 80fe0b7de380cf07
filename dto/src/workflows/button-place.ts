import type { Bounds } from '../skills/campaign-parts.dto.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the intro's button stands in a frame, in pixels: where it was asked for, or else centred in the lower
 * part, sized by the frame's short side. 1280 × 720 gives x 440, y 500, 400 × 110. Integers throughout, so that
 * drawing, mask and manifest agree to the pixel.
 */
export function placeButton(frame: Size, asked: Partial<Bounds> = {}): Bounds {
  const { x, y, width, height } = asked;
  if (x !== undefined && y !== undefined && width !== undefined && height !== undefined)
    return { x, y, width, height };
  const side = Math.min(frame.width, frame.height);
  const w = Math.floor((side * 5) / 9);
  const h = Math.floor((side * 11) / 72);
  return {
    x: Math.floor((frame.width - w) / 2),
    y: Math.floor((frame.height * 25) / 36),
    width: w,
    height: h,
  };
}
