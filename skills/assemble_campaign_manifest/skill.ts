import { Bounds, CampaignManifest, CampaignTrigger, GameConfig, Polygon, Timestamp, map } from '@cairn/dto';
import { Type, defineSkill, file, json } from '@cairn/skill-kit';

const perRole = <S extends ReturnType<typeof file>>(schema: S) =>
  Type.Object({ intro: schema, win: schema, lose: schema });

/**
 * Places follow `packageLayout` of @cairn/dto. `assets.game_bundle` is the entry point of the game as it stands
 * in the package, `game/index.html`, with that file's size and checksum; the other files of the game are
 * among `assets.additional`, so that every checksum can be verified against the package's own bytes.
 */
export const assembleCampaignManifest = defineSkill({
  id: 'assemble_campaign_manifest',
  version: '1.0.0',
  title: 'Assemble the manifest',
  input: Type.Object({
    campaign: Type.Pick(CampaignTrigger, [
      'campaign_id',
      'campaign_name',
      'version',
      'rules',
      'analytics',
      'branding',
      'outcome_redirect',
    ]),
    config: Type.Pick(GameConfig, ['template_id', 'version']),
    locale: CampaignTrigger.properties.locale,
    theme: CampaignTrigger.properties.theme,
    videos: perRole(file('video/*')),
    posters: Type.Optional(perRole(file('image/poster'))),
    game: file('bundle/game'),
    music: file('audio/*'),
    effects: map(file('audio/sfx')),
    /** As the intro's renderer drew it; without one there is nothing to click. */
    button: Type.Optional(Type.Object({ bounds: Bounds, mask_polygon: Type.Optional(Polygon) })),
    /** When the run was created; outside the key, so the same campaign is the same bytes. */
    now: Type.Optional(Timestamp),
  }),
  output: Type.Object({ manifest: json('json/campaign-manifest', CampaignManifest) }),
  timeout: '1m',
});
export default assembleCampaignManifest;
