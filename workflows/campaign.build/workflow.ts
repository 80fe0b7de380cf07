import { CampaignTrigger } from '@cairn/dto';
import { defineWorkflow, pick, unkeyed } from '@cairn/pipeline';
import { assembleCampaignManifest } from '@cairn/skill-assemble-campaign-manifest/skill';
import { bundleGameTemplate } from '@cairn/skill-bundle-game-template/skill';
import { gameConfigFromTemplate } from '@cairn/skill-game-config-from-template/skill';
import { generateBgm } from '@cairn/skill-generate-bgm/skill';
import { generateSfx } from '@cairn/skill-generate-sfx/skill';
import { packageCampaign } from '@cairn/skill-package-campaign/skill';
import { renderVideo } from '@cairn/skill-render-video/skill';
import { campaignRules } from './rules.js';

/** A campaign: intro video with a button, playable game, win and lose video, tied together by a manifest. */
export const campaignBuild = defineWorkflow(
  {
    name: 'campaign.build',
    version: '1.0.0',
    title: 'Build a campaign',
    trigger: CampaignTrigger,
    rules: campaignRules,
    search: { campaign: t => t.campaign_id },
  },
  (w, t) => {
    const { config, button_label: label } = w.step('game_config', gameConfigFromTemplate, t);
    const { visuals, copy } = config;
    const { theme, colors } = visuals;
    const { locale } = config.settings;

    const bgm = w.step('bgm', generateBgm, { theme, settings: t.audio, bgm: config.audio.bgm });
    const sfx = w.step('sfx', generateSfx, { theme, effects: config.audio.sfx, format: t.audio.format });

    const scene = { locale, theme, colors, frame: t.video, music: bgm.track };
    const place = t.button;
    const intro = w.step('intro_video', renderVideo, {
      ...scene,
      role: 'intro',
      title: copy.title,
      button: { x: place.x, y: place.y, width: place.width, height: place.height, label },
    });
    const win = w.step('win_video', renderVideo, { ...scene, role: 'win', title: copy.win_message });
    const lose = w.step('lose_video', renderVideo, { ...scene, role: 'lose', title: copy.lose_message });

    const { game } = w.step('game_bundle', bundleGameTemplate, {
      config,
      music: bgm.track,
      effects: sfx.effects,
    });

    const media = {
      videos: { intro: intro.video, win: win.video, lose: lose.video },
      posters: { intro: intro.poster, win: win.poster, lose: lose.poster },
      game,
      music: bgm.track,
      effects: sfx.effects,
    };
    const { manifest } = w.step('manifest', assembleCampaignManifest, {
      ...media,
      campaign: t,
      config: pick(config, 'template_id', 'version'),
      locale,
      theme,
      button: intro.button,
      now: unkeyed(w.run.created_at),
    });
    const { campaign } = w.step('package', packageCampaign, { ...media, manifest, theme, locale, colors });
    return { campaign, manifest, poster: intro.poster };
  },
);
export default campaignBuild;
