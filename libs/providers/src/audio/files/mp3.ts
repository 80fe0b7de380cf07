import { createMp3Encoder } from 'wasm-media-encoders';
import { RATE } from '../dsp/arithmetic.js';
import type { Stereo } from '../dsp/stereo.js';
import { countFrames, infoFrame } from './mp3-info.js';

const KBPS = 128;
/** The encoder is fed a second at a time; it keeps a copy of what it gets. */
const CHUNK = RATE;

/**
 * The sound as an MP3 file: LAME, 44100 Hz, joint stereo, a constant 128 kbit/s, no date in it. Its first
 * frame tells players which samples are the sound's, so that it has its exact length and loops without a hole.
 */
export async function mp3({ left, right }: Stereo): Promise<Uint8Array> {
  const encoder = await createMp3Encoder();
  encoder.configure({ sampleRate: RATE, channels: 2, bitrate: KBPS });
  const parts: Uint8Array[] = [];
  for (let at = 0; at < left.length; at += CHUNK) {
    parts.push(encoder.encode([left.subarray(at, at + CHUNK), right.subarray(at, at + CHUNK)]).slice());
  }
  parts.push(encoder.finalize().slice());
  const bytes = joined(parts);
  const frames = countFrames(bytes, KBPS);
  return joined([infoFrame({ bytes, frames, samples: left.length, kbps: KBPS }), bytes]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
