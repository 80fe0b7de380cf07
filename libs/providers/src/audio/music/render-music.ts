import { RATE, amplitude, fall } from '../dsp/arithmetic.js';
import { echo } from '../dsp/echo.js';
import { bringTo, cutRumble, fade, limit } from '../dsp/master.js';
import { derive } from '../dsp/random.js';
import { room } from '../dsp/room.js';
import { addAt, panned, stereo, type Stereo } from '../dsp/stereo.js';
import { player } from '../instruments/play.js';
import { compose, type Score } from './compose.js';
import type { MusicStyle, Track } from './music-style.schema.js';
import type { Played } from './pattern.js';

const FADE_IN_SECONDS = 0.005;
const FADE_OUT_SECONDS = 2.5;

/** What is asked of {@link renderMusic}: `frames` is the exact length. */
export interface MusicQuery {
  readonly frames: number;
  /** The end joins the start: tails of the last notes sound under the first. */
  readonly loop: boolean;
  readonly seed: number;
}

/** How far the pulse has pushed the others down, for each frame: 1 at its stroke, falling. */
function pulse(style: MusicStyle, score: Score, frames: number): Float32Array | undefined {
  if (!style.pulse) return undefined;
  const curve = new Float32Array(frames);
  for (const { at } of score.tracks.get(style.pulse.track) ?? []) curve[at] = 1;
  const falling = fall(style.pulse.seconds * 3);
  let level = 0;
  for (let turn = 0; turn < 2; turn++) {
    for (let i = 0; i < frames; i++) {
      level = curve[i] === 1 ? 1 : level * falling;
      curve[i] = level;
    }
  }
  return curve;
}

/** One track alone, at its level and place. */
function renderTrack(
  style: MusicStyle,
  id: string,
  track: Track,
  notes: readonly Played[],
  query: MusicQuery,
): Stereo {
  const sound = stereo(query.frames);
  const play = player(style.instruments[track.instrument]!);
  const level = amplitude(track.level);
  notes.forEach((note, n) => {
    // Three plucks in turn: the same one over and over sounds like a machine.
    const seed = derive(query.seed, `${id} ${n % 3}`);
    const { midi, frames } = note;
    const one = play({ midi, frames, seed });
    addAt(sound, one, note.at, one.left.length, note.velocity * note.velocity * level, query.loop);
  });
  const [left, right] = panned(track.pan ?? 0);
  for (let i = 0; i < query.frames; i++) {
    sound.left[i]! *= left * Math.SQRT2;
    sound.right[i]! *= right * Math.SQRT2;
  }
  return sound;
}

/**
 * Composes and plays a piece of exactly `query.frames` frames, mixed and mastered: RMS at the style's loudness,
 * peaks at or below -2 dB. The same bytes for the same arguments on every machine.
 */
export function renderMusic(
  style: MusicStyle,
  query: MusicQuery,
  progress?: (fraction: number) => void,
): Stereo {
  const { frames, loop } = query;
  const score = compose(style, query);
  const push = pulse(style, score, frames);
  const mix = stereo(frames);
  const toEcho = stereo(frames);
  const toRoom = stereo(frames);
  const entries = Object.entries(style.tracks);
  entries.forEach(([id, track], n) => {
    const sound = renderTrack(style, id, track, score.tracks.get(id)!, query);
    const duck = push ? (track.duck ?? 0) : 0;
    for (let i = 0; i < frames && duck > 0; i++) {
      const gain = 1 - duck * push![i]!;
      sound.left[i]! *= gain;
      sound.right[i]! *= gain;
    }
    addAt(mix, sound, 0, frames, 1, false);
    if (track.echo) addAt(toEcho, sound, 0, frames, track.echo, false);
    if (track.reverb) addAt(toRoom, sound, 0, frames, track.reverb, false);
    progress?.((0.7 * (n + 1)) / entries.length);
  });
  const beat = (60 / score.meter.tempo) * RATE;
  const { beats, feedback, bright } = style.echo;
  const echoes = echo(toEcho, { frames: Math.round(beats * beat), feedback, bright, around: loop });
  addAt(mix, echoes, 0, frames, 1, false);
  addAt(toRoom, echoes, 0, frames, 0.3, false);
  addAt(mix, room(toRoom, { ...style.room, around: loop }), 0, frames, 1, false);
  progress?.(0.95);
  cutRumble(mix, loop);
  bringTo(mix, style.loudness);
  limit(mix, loop);
  if (!loop)
    fade(mix, Math.round(FADE_IN_SECONDS * RATE), Math.round(Math.min(FADE_OUT_SECONDS * RATE, frames / 4)));
  return mix;
}
