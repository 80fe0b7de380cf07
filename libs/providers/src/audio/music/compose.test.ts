import { describe, expect, test } from '@jest/globals';
import { RATE } from '../dsp/arithmetic.js';
import { compose } from './compose.js';
import { fixtureStyle } from './music-fixture.js';

const straight = { ...fixtureStyle, swing: 0, transpose: [0] };
const frames = 8 * RATE;
const beat = RATE / 2;
const piece = (over = {}) => compose({ ...straight, ...over }, { frames, loop: true, seed: 5 });

describe('compose', () => {
  test('four bars of two sections at the wished tempo', () => {
    expect(piece().meter).toEqual({ frames, beats: 16, bars: 4, tempo: 120 });
  });

  test('tracks play in their sections only', () => {
    const { tracks } = piece();
    expect(tracks.get('kick')!.length).toBe(16);
    expect(tracks.get('clap')!.map(n => n.at / beat)).toEqual([1, 3, 5, 7, 7.5]);
    expect(tracks.get('bells')!.every(n => n.at >= 8 * beat)).toBe(true);
  });

  test('the bass follows the chords, two in a bar too', () => {
    const bass = piece().tracks.get('bass')!;
    expect(bass.slice(0, 8).map(n => n.midi)).toEqual([45, 45, 52, 45, 41, 41, 50, 43]);
  });

  test('a tie holds a note over the bar line', () => {
    const lead = { ...straight.tracks.lead!, phrases: [['1---3-5-', '----8---']], hold: 1 };
    const notes = piece({ tracks: { ...straight.tracks, lead } }).tracks.get('lead')!;
    expect(notes.map(n => [n.midi, n.at / beat, n.frames / beat])).toEqual([
      [69, 0, 2],
      [72, 2, 1],
      [76, 3, 3],
      [81, 6, 2],
    ]);
  });

  test('swing delays every second step', () => {
    const tracks = { bells: { ...straight.tracks.bells!, bars: ['11......'] } };
    const sections = { a: { chords: ['Am'], tracks: ['bells'] } };
    const [first, second] = piece({ swing: 1, tracks, sections, form: ['a'], pulse: undefined }).tracks.get(
      'bells',
    )!;
    expect([first!.at, second!.at]).toEqual([0, (beat * 2) / 3]);
  });

  test('the seed changes phrases or key, and nothing else does', () => {
    const of = (seed: number) => [...compose(fixtureStyle, { frames, loop: true, seed }).tracks.get('lead')!];
    expect(of(1)).toEqual(of(1));
    const melodies = new Set([1, 2, 3, 4, 5, 6, 7, 8].map(seed => JSON.stringify(of(seed).map(n => n.midi))));
    expect(melodies.size).toBeGreaterThan(3);
  });

  test('a piece that does not loop ends on its last chord, held', () => {
    const { tracks } = compose(straight, { frames, loop: false, seed: 5 });
    const last = [...tracks.get('chords')!].filter(n => n.at >= 12 * beat);
    expect(new Set(last.map(n => n.midi % 12))).toEqual(new Set([9, 0, 4]));
    expect(last.every(n => n.frames > 3.5 * beat)).toBe(true);
    expect(last.length).toBe(3);
    expect(tracks.get('kick')!.filter(n => n.at >= 12 * beat).length).toBe(1);
  });
});
