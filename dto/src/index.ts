export { isCssColour, normaliseColour } from './colour.js';
export { CairnError, ValidationError, type Issue } from './errors.js';
export { isHttpUrl, isLocale, isPackagePath } from './formats.js';
export * as events from './events/index.js';
export * as http from './http/index.js';
export { TemplateFile, TemplateLocale } from './kit/template-file.dto.js';
export { completeMechanics, templateLocale } from './kit/template-locale.js';
export { ThemeFile } from './kit/theme-file.dto.js';
export { AudioFormat, AudioGenerationResult } from './providers/interfaces/audio-provider.interface.js';
export { pointerToken } from './json-domain.js';
export { inputSchema } from './input-schema.js';
export { cutTo, withDefaults } from './shape.js';
export {
  AssetRef,
  CampaignId,
  CampaignManifest,
  CampaignName,
} from './skills/assemble-campaign-manifest.dto.js';
export { BundleFile, BundleManifest } from './skills/bundle-game-template.dto.js';
export {
  Analytics,
  Bounds,
  Branding,
  CampaignRules,
  OutcomeRedirect,
  Polygon,
} from './skills/campaign-parts.dto.js';
export {
  BgmConfig,
  Colors,
  Copy,
  DifficultyLevel,
  DurationSec,
  GameConfig,
  Mechanics,
  SfxConfig,
} from './skills/game-config.dto.js';
export { GAME_FOLDER, packageLayout, type PlacedFile } from './skills/package-layout.js';
export {
  Colour,
  HttpUrl,
  KitId,
  Locale,
  Probability,
  Sha256,
  Text,
  Timestamp,
  Version,
  Volume,
  closed,
  map,
  oneOf,
} from './types/scalars.js';
export { compile, type Validator } from './validate.js';
export { placeButton } from './workflows/button-place.js';
export {
  AudioSettings,
  ButtonRequest,
  CampaignTrigger,
  VideoFrame,
} from './workflows/campaign-trigger.dto.js';
export { campaignTriggerRules } from './workflows/campaign-trigger.rules.js';
