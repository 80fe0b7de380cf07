import { Type, type Static } from 'typebox';
import { AssetUri, Sha256, Text, Timestamp, Version, closed, map, oneOf } from '../types/scalars.js';
import {
  Analytics,
  Bounds,
  Branding,
  CampaignRules,
  OutcomeRedirect,
  Polygon,
} from './campaign-parts.dto.js';

/** Letters, digits, `.`, `_` and `-`, not starting with a sign: safe as a folder's name. */
export const CampaignId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });
/** One line, in any script. */
export const CampaignName = Type.String({
  maxLength: 120,
  pattern: '^[^\\p{Cc}]*[^\\p{Cc}\\s][^\\p{Cc}]*$',
  'x-message': 'must be one line of 1 to 120 characters, not blank',
});

export const AssetRef = closed(
  {
    /** Relative to the package's root, or an http(s) URL. */
    uri: AssetUri,
    type: oneOf('video', 'audio', 'image', 'bundle'),
    size_bytes: Type.Optional(Type.Integer({ minimum: 0 })),
    checksum: Type.Optional(Sha256),
    required: Type.Boolean(),
  },
  { 'x-code': 'MISSING_ASSET' },
);
export type AssetRef = Static<typeof AssetRef>;

/** What ties videos, game and rules together: the artifact `json/campaign-manifest`, `manifest.json` in the package. */
export const CampaignManifest = closed({
  manifest_version: oneOf('1.0.0'),
  campaign_id: CampaignId,
  campaign_name: CampaignName,
  version: Version,
  created_at: Timestamp,
  updated_at: Timestamp,
  assets: closed({
    intro_video: AssetRef,
    win_video: AssetRef,
    lose_video: AssetRef,
    game_bundle: AssetRef,
    additional: Type.Array(AssetRef, { maxItems: 256 }),
  }),
  interaction: closed({
    button: closed({
      bounds: Bounds,
      mask_polygon: Type.Optional(Polygon),
      hover_effect: Type.Optional(Text(64)),
      click_sound_uri: Type.Optional(AssetUri),
    }),
    game_container: closed({ entry_point: oneOf('index.html'), config_path: oneOf('game_config.json') }),
  }),
  flow: closed({
    sequence: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 16 }),
    intro_to_game_trigger: Text(64),
    game_to_outcome_trigger: Text(64),
    outcome_redirect: Type.Optional(OutcomeRedirect),
  }),
  rules: CampaignRules,
  analytics: Analytics,
  branding: Type.Optional(Branding),
  metadata: map(Type.Unknown()),
  /** SHA-256 of the canonical JSON (RFC 8785) of the manifest without this field. */
  checksum: Sha256,
});
export type CampaignManifest = Static<typeof CampaignManifest>;
