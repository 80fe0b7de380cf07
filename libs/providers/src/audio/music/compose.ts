import { choose, derive, random } from '../dsp/random.js';
import { fit, type Meter } from './bars.js';
import { chord, type Chord } from './harmony.js';
import type { MusicStyle, Section, Track } from './music-style.schema.js';
import { notesOfBar, type Played } from './pattern.js';
import { RATE } from '../dsp/arithmetic.js';

/** A piece: what each track plays when. */
export interface Score {
  readonly meter: Meter;
  readonly tracks: ReadonlyMap<string, readonly Played[]>;
}

interface Place {
  readonly name: string;
  readonly section: Section;
  /** The bar's number in its section, and the section's in the piece. */
  readonly bar: number;
  readonly turn: number;
  readonly last: boolean;
}

/** Which bar of which section each bar of the piece is. */
function layOut(style: MusicStyle, bars: number): Place[] {
  const places: Place[] = [];
  for (let turn = 0; places.length < bars; turn++) {
    const name = style.form[turn % style.form.length]!;
    const section = style.sections[name]!;
    for (let bar = 0; bar < section.chords.length && places.length < bars; bar++) {
      const last = bar === section.chords.length - 1;
      places.push({ name, section, bar, turn, last });
    }
  }
  return places;
}

/** The pattern that a track plays in a bar. The same section keeps its phrase, so that it is heard again. */
function patternAt(track: Track, id: string, place: Place, seed: number): string {
  if (place.bar === 0 && track.first !== undefined) return track.first;
  if (place.last && track.last !== undefined) return track.last;
  const next = random(derive(seed, `${id} in ${place.name}`));
  const bars = track.phrases ? choose(next, track.phrases) : track.bars!;
  return bars[place.bar % bars.length]!;
}

/** What a track plays in the last bar of a piece that ends: one stroke, or a note or chord held to the end. */
function endingOf(track: Track, style: MusicStyle): string {
  const steps = style.beats * style.steps;
  const written = [...(track.bars ?? []), ...(track.phrases ?? []).flat()].join('');
  const played = written.replace(/[-.]/g, '').charAt(0);
  if (style.instruments[track.instrument]!.kind === 'drum')
    return (track.first?.charAt(0) ?? (written.startsWith('.') ? '.' : 'x')) + '.'.repeat(steps - 1);
  return (played === '' ? '.' : /[xXo]/.test(played) ? 'x' : '1') + '-'.repeat(steps - 1);
}

/**
 * Composes a piece of exactly `frames` frames. Everything that is left open by the style is drawn from the seed: the key, and each
 * section's phrases.
 */
export function compose(style: MusicStyle, query: { frames: number; loop: boolean; seed: number }): Score {
  const { frames, loop, seed } = query;
  const meter = fit(style, frames, RATE);
  const places = layOut(style, meter.bars);
  const transpose = choose(random(derive(seed, 'key')), style.transpose ?? [0]);
  const read = new Map<string, Chord[]>();
  const chordsOf = (text: string) => {
    const known = read.get(text) ?? text.trim().split(/\s+/).map(chord);
    read.set(text, known);
    return known;
  };
  const tracks = new Map<string, Played[]>();
  for (const [id, track] of Object.entries(style.tracks)) {
    const played: Played[] = [];
    places.forEach((place, bar) => {
      const ends = !loop && bar === places.length - 1 && places.length > 1;
      if (!ends && !place.section.tracks.includes(id)) return;
      notesOfBar(played, {
        style,
        track,
        meter,
        bar,
        pattern: ends ? endingOf(track, style) : patternAt(track, id, place, seed),
        chords: chordsOf(ends ? style.ending : place.section.chords[place.bar]!),
        transpose,
        seed: derive(seed, `${id} ${bar}`),
      });
    });
    tracks.set(id, played);
  }
  return { meter, tracks };
}
