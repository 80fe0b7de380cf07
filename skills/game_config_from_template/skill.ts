import {
  AudioSettings,
  ButtonRequest,
  CampaignTrigger,
  GameConfig,
  TemplateFile,
  ThemeFile,
} from '@cairn/dto';
import { Type, defineSkill, json, resource } from '@cairn/skill-kit';

const trigger = CampaignTrigger.properties;

/** Of the trigger, just what a game depends on: another video size or campaign name is no other game. */
export const GameConfigInput = Type.Object({
  template_id: trigger.template_id,
  theme: trigger.theme,
  locale: trigger.locale,
  brief: trigger.brief,
  colors: trigger.colors,
  copy: trigger.copy,
  difficulty: trigger.difficulty,
  duration_sec: trigger.duration_sec,
  mechanics: trigger.mechanics,
  audio: Type.Pick(AudioSettings, ['enabled', 'volume']),
  button: Type.Pick(ButtonRequest, ['label']),
});

export const gameConfigFromTemplate = defineSkill({
  id: 'game_config_from_template',
  version: '1.0.0',
  title: 'Write the game config',
  description: 'Fills a template from trigger, theme and, when there is a brief, a language model.',
  input: GameConfigInput,
  output: Type.Object({
    config: json('json/game-config', GameConfig),
    /** For the intro's button: what was asked for, or the template's word in the campaign's language. */
    button_label: Type.String({ minLength: 1 }),
  }),
  uses: ['language'],
  resources: {
    template: resource.json('templates/{template_id}/template.json', TemplateFile),
    theme: resource.json('themes/{theme}/theme.json', ThemeFile),
  },
  retry: { attempts: 4 },
  timeout: '2m',
});
export default gameConfigFromTemplate;
