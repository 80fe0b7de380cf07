/** A chord by its pitch classes: 0 is C. */
export interface Chord {
  readonly root: number;
  /** The lowest note; the root where the symbol names no other. */
  readonly bass: number;
  /** Semitones above the root, ascending, from 0. */
  readonly tones: readonly number[];
}

const LETTERS: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

const QUALITIES: Readonly<Record<string, readonly number[]>> = {
  '': [0, 4, 7],
  m: [0, 3, 7],
  dim: [0, 3, 6],
  aug: [0, 4, 8],
  sus2: [0, 2, 7],
  sus4: [0, 5, 7],
  '6': [0, 4, 7, 9],
  m6: [0, 3, 7, 9],
  '7': [0, 4, 7, 10],
  m7: [0, 3, 7, 10],
  maj7: [0, 4, 7, 11],
  add9: [0, 2, 4, 7],
  madd9: [0, 2, 3, 7],
};

/**
 * The pitch class of a note's name, e.g. 10 for `Bb`.
 * @throws RangeError for another text.
 */
export function pitchClass(name: string): number {
  const letter = LETTERS[name.charAt(0)];
  const accidental = name.slice(1);
  if (letter === undefined || !['', '#', 'b'].includes(accidental))
    throw new RangeError(`${name} is not a note`);
  return (letter + (accidental === '#' ? 1 : accidental === 'b' ? 11 : 0)) % 12;
}

/**
 * Reads a chord symbol: a root, one of the qualities above, and `/` with the bass, e.g. `F#m7/C#`.
 * @throws RangeError for a symbol that it doesn't know.
 */
export function chord(symbol: string): Chord {
  const match = /^([A-G][#b]?)([a-z0-9]*)(?:\/([A-G][#b]?))?$/.exec(symbol);
  const tones = match ? QUALITIES[match[2]!] : undefined;
  if (!match || !tones)
    throw new RangeError(`${symbol} is not a chord; known are ${Object.keys(QUALITIES).join(', ')}`);
  const root = pitchClass(match[1]!);
  return { root, bass: match[3] ? pitchClass(match[3]) : root, tones };
}

/**
 * Semitones above a chord's root of the `degree`-th note (1 is the root, 8 the octave) in the scale as heard over
 * that chord: 3, 5 and 7 are the chord's own, so that a step of a pattern never sounds against it.
 * @param scale pitch classes of the scale.
 */
export function degreeAbove({ root, tones }: Chord, scale: readonly number[], degree: number): number {
  const octave = Math.floor((degree - 1) / 7);
  const step = (degree - 1) % 7;
  const natural = [0, 2, 4, 5, 7, 9, 11][step]!;
  const near = (list: readonly number[]) => list.filter(x => Math.abs(x - natural) <= 1);
  const candidates = step % 2 === 0 ? near(tones) : [];
  const scaleAbove = scale.map(x => (x - root + 12) % 12);
  const fitting = candidates.length > 0 ? candidates : near(scaleAbove);
  const best = fitting.reduce(
    (a, b) => (Math.abs(b - natural) < Math.abs(a - natural) ? b : a),
    fitting[0] ?? natural,
  );
  return best + 12 * octave;
}

/**
 * The chord's notes in a hand's compass: each tone as close as can be to the middle of `range`, so that one chord
 * moves to the next by small steps. Ascending MIDI numbers.
 */
export function voicing({ root, tones }: Chord, [low, high]: readonly [number, number]): number[] {
  const middle = (low + high) / 2;
  return tones
    .map(tone => {
      const pitch = (root + tone) % 12;
      return pitch + 12 * Math.round((middle - pitch) / 12);
    })
    .sort((a, b) => a - b);
}

/** The MIDI note moved by octaves into the range, as near as can be to where it was. */
export function intoRange(midi: number, [low, high]: readonly [number, number]): number {
  let note = midi;
  while (note < low) note += 12;
  while (note > high) note -= 12;
  return note;
}
