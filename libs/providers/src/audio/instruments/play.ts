import type { Stereo } from '../dsp/stereo.js';
import { playBell } from './bell.js';
import { playDrum } from './drum.js';
import type { Instrument } from './instrument.schema.js';
import type { Note } from './note.js';
import { playString } from './string.js';
import { playSynth } from './synth.js';

/** The sound of one note on any instrument, at full velocity, release included. */
export function play(instrument: Instrument, note: Note): Stereo {
  switch (instrument.kind) {
    case 'synth':
      return playSynth(instrument, note);
    case 'string':
      return playString(instrument, note);
    case 'bell':
      return playBell(instrument, note);
    case 'drum':
      return playDrum(instrument, note);
  }
}

/**
 * As {@link play}, but a note that was played before is not computed again; the sound returned is shared, so it
 * must not be changed.
 */
export function player(instrument: Instrument): (note: Note) => Stereo {
  const played = new Map<string, Stereo>();
  return note => {
    const key = instrument.kind === 'drum' ? '' : `${note.midi} ${note.frames} ${note.seed}`;
    const sound = played.get(key) ?? play(instrument, note);
    played.set(key, sound);
    return sound;
  };
}
