/**
 * The frame that players read before the music: it says how many frames follow and how many samples at both ends
 * are the coder's, not the sound's. Without it a decoded track is some 50 ms too long, and a loop has a hole.
 * Layout: the Xing header as extended by LAME (LAME's VbrTag.c; gabriel.mp3-tech.org/mp3infotag.html).
 */

/** Samples in an MPEG-1 layer III frame. */
export const FRAME_SAMPLES = 1152;
/** Samples that LAME puts before the sound. */
export const ENCODER_DELAY = 576;

const FRAME_BYTES = 417;
const SIDE_INFO_BYTES = 32;
const FLAGS_FRAMES_AND_BYTES = 3;
const CONSTANT_BIT_RATE = 1;
const LAME = 'LAME3.100';

/** CRC-16 as ANSI X3.28 has it (reflected, 0x8005), continued from `crc`. */
function crc16(bytes: Uint8Array, crc = 0): number {
  let value = crc;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xa001 : value >>> 1;
  }
  return value;
}

/** What {@link infoFrame} is about: the coded frames, how many they are, and the samples of the sound in them. */
export interface CodedMp3 {
  readonly bytes: Uint8Array;
  readonly frames: number;
  readonly samples: number;
  readonly kbps: number;
}

/** The frame to be put before `bytes`, whose first frame header it repeats (44100 Hz, 128 kbit/s). */
export function infoFrame({ bytes, frames, samples, kbps }: CodedMp3): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES);
  const view = new DataView(frame.buffer);
  const text = (at: number, value: string) => {
    for (let i = 0; i < value.length; i++) frame[at + i] = value.charCodeAt(i);
  };
  frame.set(bytes.subarray(0, 4));
  // Without the padding byte that the repeated header may have.
  frame[2]! &= 0xfd;
  let at = 4 + SIDE_INFO_BYTES;
  text(at, 'Info');
  view.setUint32(at + 4, FLAGS_FRAMES_AND_BYTES);
  view.setUint32(at + 8, frames);
  view.setUint32(at + 12, bytes.length + FRAME_BYTES);
  at += 16;
  text(at, LAME);
  frame[at + 9] = CONSTANT_BIT_RATE;
  frame[at + 20] = kbps;
  const padding = frames * FRAME_SAMPLES - ENCODER_DELAY - samples;
  frame[at + 21] = ENCODER_DELAY >> 4;
  frame[at + 22] = ((ENCODER_DELAY & 15) << 4) | (padding >> 8);
  frame[at + 23] = padding & 255;
  view.setUint32(at + 28, bytes.length + FRAME_BYTES);
  view.setUint16(at + 32, crc16(bytes));
  view.setUint16(at + 34, crc16(frame.subarray(0, at + 34)));
  return frame;
}

/** How many frames these bytes hold: 144 bytes for each kbit/s in 44.1, and one more where the header says so. */
export function countFrames(bytes: Uint8Array, kbps: number): number {
  const size = Math.floor((144 * kbps * 1000) / 44100);
  let frames = 0;
  for (let at = 0; at + 4 <= bytes.length; frames++) at += size + ((bytes[at + 2]! >> 1) & 1);
  return frames;
}
