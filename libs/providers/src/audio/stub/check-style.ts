import { TerminalError, type Static, type TSchema } from '@cairn/skill-kit';
import { Value } from 'typebox/value';
import { SoundStyle } from '../effects/sound-style.schema.js';
import { chord } from '../music/harmony.js';
import { MusicStyle } from '../music/music-style.schema.js';

const CODE = 'VALIDATION_ERROR';

function refuse(what: string, path: string, message: string): never {
  throw new TerminalError(CODE, `The theme's ${what} is not valid at ${path || '/'}: ${message}`);
}

function shaped<S extends TSchema>(what: string, schema: S, value: unknown): Static<S> {
  if (!Value.Check(schema, value)) {
    const error = Value.Errors(schema, value)[0];
    refuse(what, error?.instancePath ?? '', error?.message ?? 'wrong shape');
  }
  return value as Static<S>;
}

/**
 * A theme's music as the built-in provider reads it.
 * @throws TerminalError VALIDATION_ERROR for what is not of the schema, a name that stands for nothing, a bar of
 * another length, or a chord that is unknown.
 */
export function musicStyle(value: unknown): MusicStyle {
  const what = 'music.json';
  const style = shaped(what, MusicStyle, value);
  const steps = style.beats * style.steps;
  for (const [id, track] of Object.entries(style.tracks)) {
    const at = `/tracks/${id}`;
    if (!Object.hasOwn(style.instruments, track.instrument))
      refuse(what, `${at}/instrument`, 'no such instrument');
    if (!track.bars === !track.phrases) refuse(what, at, 'either bars or phrases');
    const bars = [...(track.bars ?? []), ...(track.phrases ?? []).flat(), track.first, track.last];
    const odd = bars.find(bar => bar !== undefined && bar.length !== steps);
    if (odd !== undefined) refuse(what, at, `the bar ${odd} has not ${steps} steps`);
    if (track.range && track.range[1] - track.range[0] < 11)
      refuse(what, `${at}/range`, 'less than an octave');
  }
  const chords = [style.ending];
  for (const [id, section] of Object.entries(style.sections)) {
    const lost = section.tracks.find(track => !Object.hasOwn(style.tracks, track));
    if (lost !== undefined) refuse(what, `/sections/${id}/tracks`, `no such track: ${lost}`);
    chords.push(...section.chords.flatMap(bar => bar.trim().split(/\s+/)));
  }
  const lost = style.form.find(name => !Object.hasOwn(style.sections, name));
  if (lost !== undefined) refuse(what, '/form', `no such section: ${lost}`);
  for (const symbol of chords) {
    try {
      chord(symbol);
    } catch (error) {
      refuse(what, '/sections', (error as Error).message);
    }
  }
  return style;
}

/**
 * A theme's sounds as the built-in provider reads them, of which `name` is one.
 * @throws TerminalError VALIDATION_ERROR as for music, or when there is no such sound.
 */
export function soundStyle(value: unknown, name: string): SoundStyle {
  const what = 'sounds.json';
  const style = shaped(what, SoundStyle, value);
  if (!Object.hasOwn(style.sounds, name))
    throw new TerminalError(
      CODE,
      `The theme has no sound ${JSON.stringify(name)}; it has ${Object.keys(style.sounds).join(', ')}`,
    );
  style.sounds[name]!.layers.forEach((layer, n) => {
    if (!Object.hasOwn(style.instruments, layer.instrument))
      refuse(what, `/sounds/${name}/layers/${n}/instrument`, 'no such instrument');
  });
  return style;
}
