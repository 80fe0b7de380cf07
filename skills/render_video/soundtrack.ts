import { MPEGDecoder } from 'mpg123-decoder';
import type { Role } from './scene.schema.js';
import { readWav } from './wav.js';

/** Hertz, of every soundtrack. */
export const sampleRate = 44_100;

/** Sound of a film, read in blocks. */
export interface Soundtrack {
  /** Length in samples per channel. */
  readonly frames: number;
  /** Fills a buffer with samples from -1 to 1, left and right in turn, from the frame `at` on. */
  read(at: number, into: Float32Array): void;
}

/** Decoded music: one array per channel. */
export interface Music {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** Seconds. */
const fadeIn = 0.12;
const fadeOut = 0.6;
/** Loudest root mean square of a soundtrack, -20 dB: a page that starts to play does not startle. */
const loudness = 0.1;
const peakLimit = 0.8;

function isWav(file: Uint8Array): boolean {
  return file.length > 12 && String.fromCharCode(...file.subarray(0, 4)) === 'RIFF';
}

/**
 * Decodes a WAV or MP3 file to two channels at 44,100 Hz.
 *
 * @param seconds how much of it is wanted
 * @throws Error when it is neither, or at another sample rate
 */
export async function decodeMusic(file: Uint8Array, seconds: number): Promise<Music> {
  if (isWav(file)) return readWav(file, sampleRate);
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    // MP3 frames are small: decoding in parts keeps memory in proportion to what is wanted, not to the file.
    const wanted = Math.ceil(seconds * sampleRate);
    const parts: Float32Array[][] = [];
    let frames = 0;
    const step = 65_536;
    for (let at = 0; at < file.length && frames < wanted; at += step) {
      const { channelData, samplesDecoded, sampleRate: rate } = decoder.decode(file.subarray(at, at + step));
      if (samplesDecoded === 0) continue;
      if (rate !== sampleRate) throw new Error(`the music has ${rate} Hz, not ${sampleRate}`);
      parts.push(channelData);
      frames += samplesDecoded;
    }
    if (frames === 0) throw new Error('the music is neither WAV nor MP3');
    const join = (channel: number) => {
      const joined = new Float32Array(frames);
      let at = 0;
      for (const part of parts) {
        const data = part[channel] ?? part[0];
        if (!data) continue;
        joined.set(data, at);
        at += data.length;
      }
      return joined;
    };
    return { left: join(0), right: join(1) };
  } finally {
    decoder.free();
  }
}

/** Silence: a film has a sound track in any case, since some players and ad servers refuse one without. */
export function silence(seconds: number): Soundtrack {
  return { frames: Math.round(seconds * sampleRate), read: (_at, into) => void into.fill(0) };
}

/**
 * The soundtrack of a film: the music from its start, again from the start when it is too short, faded in and out, not
 * louder than -20 dB. Behind a loss it sounds from afar: the heights are taken off.
 */
export function soundtrack(music: Music, seconds: number, role: Role): Soundtrack {
  const frames = Math.round(seconds * sampleRate);
  const { left, right } = music;
  const length = Math.min(left.length, right.length);
  if (length === 0) return silence(seconds);
  const used = Math.min(length, frames);
  let sum = 0;
  let peak = 0;
  for (let i = 0; i < used; i++) {
    const l = left[i] as number;
    const r = right[i] as number;
    sum += l * l + r * r;
    const high = Math.max(Math.abs(l), Math.abs(r));
    if (high > peak) peak = high;
  }
  const level = Math.sqrt(sum / (2 * used));
  const gain = Math.min(1, level > 0 ? loudness / level : 1, peak > 0 ? peakLimit / peak : 1);
  const [rise, fall] = [fadeIn * sampleRate, Math.min(fadeOut, seconds * 0.3) * sampleRate];
  const open = role === 'lose' ? 0.11 : 1;
  let [l, r] = [0, 0];
  return {
    frames,
    read(at, into) {
      for (let i = 0; i * 2 < into.length; i++) {
        const frame = at + i;
        const from = frame % length;
        l += ((left[from] as number) - l) * open;
        r += ((right[from] as number) - r) * open;
        const volume = gain * Math.min(1, frame / rise, (frames - frame) / fall);
        into[i * 2] = l * volume;
        into[i * 2 + 1] = r * volume;
      }
    },
  };
}
