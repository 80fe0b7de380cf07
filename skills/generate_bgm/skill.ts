import { AudioGenerationResult, AudioSettings, BgmConfig, KitId } from '@cairn/dto';
import { Type, defineSkill, file, resource } from '@cairn/skill-kit';
import { MusicStyle } from './style.schema.js';

export const generateBgm = defineSkill({
  id: 'generate_bgm',
  version: '1.0.0',
  title: 'Compose the background music',
  input: Type.Object({
    theme: KitId,
    settings: Type.Pick(AudioSettings, ['duration_sec', 'format']),
    bgm: BgmConfig,
  }),
  output: Type.Object({
    track: file('audio/bgm'),
    result: AudioGenerationResult,
  }),
  uses: ['audio'],
  resources: { style: resource.json('themes/{theme}/music.json', MusicStyle) },
  timeout: '5m',
});
export default generateBgm;
