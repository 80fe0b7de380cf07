import { Type, type Static } from 'typebox';
import { AudioFormat } from '../providers/interfaces/audio-provider.interface.js';
import { CampaignId, CampaignName } from '../skills/assemble-campaign-manifest.dto.js';
import { Analytics, Bounds, Branding, CampaignRules, OutcomeRedirect } from '../skills/campaign-parts.dto.js';
import { DifficultyLevel, DurationSec } from '../skills/game-config.dto.js';
import { Colour, KitId, Locale, Probability, Text, Version, closed, map } from '../types/scalars.js';

/** Width and height are even, as H.264 with 4:2:0 colour needs. */
const FrameSide = (pixels: number) =>
  Type.Integer({ minimum: 160, maximum: 1920, multipleOf: 2, default: pixels });

/** Size and length of the videos. */
export const VideoFrame = closed({
  width: FrameSide(1280),
  height: FrameSide(720),
  fps: Type.Integer({ minimum: 12, maximum: 60, default: 24 }),
  duration_sec: Type.Number({ minimum: 1, maximum: 30, default: 4 }),
});
export type VideoFrame = Static<typeof VideoFrame>;

/** The music's length, format and volume. */
export const AudioSettings = closed({
  duration_sec: Type.Number({ minimum: 1, maximum: 120, default: 30 }),
  format: Type.Enum(AudioFormat.enum, { default: 'mp3' }),
  volume: Type.Number({ minimum: 0, maximum: 1, default: 0.6 }),
  enabled: Type.Boolean({ default: true }),
});
export type AudioSettings = Static<typeof AudioSettings>;

// Four numbers or none.
const WHOLE_PLACE = {
  x: ['y', 'width', 'height'],
  y: ['x', 'width', 'height'],
  width: ['x', 'y', 'height'],
  height: ['x', 'y', 'width'],
};
/** What may be said of the intro's button. Without a place, {@link placeButton} finds one in any frame. */
export const ButtonRequest = closed(
  {
    x: Type.Optional(Bounds.properties.x),
    y: Type.Optional(Bounds.properties.y),
    width: Type.Optional(Bounds.properties.width),
    height: Type.Optional(Bounds.properties.height),
    label: Type.Optional(Text(40)),
  },
  { dependentRequired: WHOLE_PLACE },
);
export type ButtonRequest = Static<typeof ButtonRequest>;

/**
 * What starts `campaign.build` 1.0.0. The schema describes the trigger once its defaults are filled in; what is
 * still optional then is decided by template, theme and language model.
 */
export const CampaignTrigger = closed({
  campaign_id: CampaignId,
  campaign_name: CampaignName,
  template_id: KitId,
  /** For the language model. */
  brief: Type.Optional(Type.String({ maxLength: 4000 })),
  version: Type.String({ ...Version, default: '1.0.0' }),
  locale: Type.String({ ...Locale, default: 'en-US' }),
  theme: Type.String({ ...KitId, default: 'neon_arcade' }),
  colors: closed(
    {
      primary: Type.Optional(Colour),
      secondary: Type.Optional(Colour),
      accent: Type.Optional(Colour),
      background: Type.Optional(Colour),
    },
    { default: {} },
  ),
  difficulty: closed(
    { level: Type.Optional(DifficultyLevel), win_probability: Type.Optional(Probability) },
    { default: {} },
  ),
  duration_sec: Type.Number({ ...DurationSec, default: 30 }),
  copy: closed(
    {
      title: Type.Optional(Text(280)),
      instructions: Type.Optional(Text(280)),
      win_message: Type.Optional(Text(280)),
      lose_message: Type.Optional(Text(280)),
    },
    { default: {} },
  ),
  mechanics: map(Type.Unknown(), { maxProperties: 64, default: {} }),
  audio: closed(AudioSettings.properties, { default: {} }),
  video: closed(VideoFrame.properties, { default: {} }),
  button: closed(ButtonRequest.properties, { dependentRequired: WHOLE_PLACE, default: {} }),
  branding: Type.Optional(Branding),
  rules: closed(CampaignRules.properties, { default: {} }),
  analytics: closed(Analytics.properties, { default: {} }),
  outcome_redirect: Type.Optional(OutcomeRedirect),
});
/** A trigger with its defaults filled in. */
export type CampaignTrigger = Static<typeof CampaignTrigger>;
