import { AudioFormat, AudioGenerationResult, KitId, SfxConfig, map } from '@cairn/dto';
import { Type, defineSkill, file, resource } from '@cairn/skill-kit';
import { SoundStyle } from './style.schema.js';

export const generateSfx = defineSkill({
  id: 'generate_sfx',
  version: '1.0.0',
  title: 'Make the sound effects',
  input: Type.Object({ theme: KitId, effects: SfxConfig, format: AudioFormat }),
  output: Type.Object({
    /** One file per effect of the input, under its name. */
    effects: map(file('audio/sfx')),
    results: map(AudioGenerationResult),
  }),
  uses: ['audio'],
  resources: { style: resource.json('themes/{theme}/sounds.json', SoundStyle) },
  timeout: '5m',
});
export default generateSfx;
