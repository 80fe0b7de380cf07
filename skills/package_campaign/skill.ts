import { CampaignManifest, Colors, KitId, Locale, map } from '@cairn/dto';
import { Type, defineSkill, file, resource } from '@cairn/skill-kit';

const perRole = <S extends ReturnType<typeof file>>(schema: S) =>
  Type.Object({ intro: schema, win: schema, lose: schema });

/** Each file goes where `packageLayout` of @cairn/dto puts it, the game's bundle unpacked into `game/`. */
export const packageCampaign = defineSkill({
  id: 'package_campaign',
  version: '1.0.0',
  title: 'Package the campaign',
  description: 'A zip with the player, the manifest and all it names; asks for nothing from outside.',
  input: Type.Object({
    manifest: CampaignManifest,
    theme: KitId,
    locale: Locale,
    /** `#rrggbb` each. */
    colors: Colors,
    videos: perRole(file('video/*')),
    posters: Type.Optional(perRole(file('image/poster'))),
    game: file('bundle/game'),
    music: file('audio/*'),
    effects: map(file('audio/sfx')),
  }),
  output: Type.Object({ campaign: file('bundle/campaign') }),
  resources: {
    player: resource.bundle('player/main.ts'),
    css: resource.text('player/player.css'),
    skin: resource.text('themes/{theme}/player.css'),
    /** The player's own short texts by language. */
    texts: resource.json('player/texts.json', map(map(Type.String()))),
  },
  timeout: '5m',
});
export default packageCampaign;
