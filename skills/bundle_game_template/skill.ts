import { BundleManifest, GameConfig, map } from '@cairn/dto';
import { Type, defineSkill, file, json, resource } from '@cairn/skill-kit';

export const bundleGameTemplate = defineSkill({
  id: 'bundle_game_template',
  version: '1.0.0',
  title: 'Bundle the game',
  description: 'A zip that plays by itself: index.html, the script, its config, fonts and sounds.',
  input: Type.Object({ config: GameConfig, music: file('audio/*'), effects: map(file('audio/sfx')) }),
  output: Type.Object({ game: file('bundle/game'), files: json('json/bundle-manifest', BundleManifest) }),
  resources: {
    game: resource.bundle('templates/{config.template_id}/game/main.ts'),
    css: resource.text('templates/{config.template_id}/game/game.css'),
    skin: resource.text('themes/{config.visuals.theme}/game.css'),
    /** The game's own short texts by language, e.g. what its button says. */
    texts: resource.json('templates/{config.template_id}/game/texts.json', map(map(Type.String()))),
  },
  timeout: '5m',
});
export default bundleGameTemplate;
