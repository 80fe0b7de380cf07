import { sha256 } from '@cairn/canonical';
import { implementSkill } from '@cairn/skill-kit';
import { generateBgm } from './skill.js';

/** Music that is switched off is this long: the track must be there, and silence need not be longer. */
const SILENCE_SECONDS = 1;

/**
 * A theme's music is always composed from the same seed. The step's own seed comes from its key, so it would give
 * another tune when only the volume or the format is changed.
 */
const seedOf = (theme: string) => Number.parseInt(sha256(theme).slice('sha256:'.length).slice(0, 8), 16);

/** Makes the campaign's music at the configured volume. */
export default implementSkill(generateBgm, async ({ input, resources, audio, write, progress }) => {
  const { theme, settings, bgm } = input;
  const { format } = settings;
  progress(0, bgm.enabled ? `Composing ${settings.duration_sec} s of music` : 'Making a silent track');
  const { data, metadata } = await audio.music({
    style: resources.style,
    durationSec: bgm.enabled ? settings.duration_sec : SILENCE_SECONDS,
    format,
    volume: bgm.enabled ? bgm.volume : 0,
    loop: bgm.loop,
    seed: seedOf(theme),
  });
  progress(0.9, 'Storing the track');
  const filename = `bgm.${metadata.format}`;
  const track = await write('audio/bgm', data, { filename, metadata: { ...metadata } });
  return { track, result: { uri: `audio/${filename}`, metadata } };
});
