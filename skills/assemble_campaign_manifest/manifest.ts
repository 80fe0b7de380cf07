import { digestOf } from '@cairn/canonical';
import { packageLayout, type AssetRef, type CampaignManifest, type PlacedFile } from '@cairn/dto';
import { TerminalError, type FileRef } from '@cairn/skill-kit';
import type { assembleCampaignManifest } from './skill.js';
import type { gameAssets } from './game-assets.js';

type InputOf<S> = S extends { readonly _input?: (input: infer I) => void } ? I : never;
export type Input = InputOf<typeof assembleCampaignManifest>;

/** The manifest's own checksum: SHA-256 of its canonical JSON (RFC 8785) without the field `checksum`. */
export function manifestChecksum(manifest: Omit<CampaignManifest, 'checksum'>): string {
  const { checksum: _, ...rest } = manifest as CampaignManifest;
  return digestOf(rest);
}

/**
 * Ties a campaign together; sizes and checksums are those of the stored bytes.
 * @throws TerminalError MISSING_ASSET, naming its place, for a file without bytes or an intro without a button.
 */
export function assemble(input: Input, game: ReturnType<typeof gameAssets>, now: string): CampaignManifest {
  const { campaign, config, button } = input;
  if (button === undefined)
    throw new TerminalError(
      'MISSING_ASSET',
      'The intro video has no button: /interaction/button is not there',
    );
  const refs = packageLayout(input).map(assetRef);
  const at = (uri: string) => refs.find(ref => ref.uri === uri)!;
  const named = ['videos/intro.mp4', 'videos/win.mp4', 'videos/lose.mp4'];
  const click = refs.find(ref => ref.uri.startsWith('audio/sfx/click.'));
  const manifest = {
    manifest_version: '1.0.0' as const,
    campaign_id: campaign.campaign_id,
    campaign_name: campaign.campaign_name,
    version: campaign.version,
    created_at: now,
    updated_at: now,
    assets: {
      intro_video: at('videos/intro.mp4'),
      win_video: at('videos/win.mp4'),
      lose_video: at('videos/lose.mp4'),
      game_bundle: game.entry,
      additional: [...refs.filter(ref => !named.includes(ref.uri)), ...game.others],
    },
    interaction: {
      button: {
        bounds: button.bounds,
        ...(button.mask_polygon && { mask_polygon: button.mask_polygon }),
        hover_effect: 'glow',
        ...(click && { click_sound_uri: click.uri }),
      },
      game_container: { entry_point: 'index.html' as const, config_path: 'game_config.json' as const },
    },
    flow: {
      sequence: ['intro', 'game', 'outcome'],
      intro_to_game_trigger: 'button_click',
      game_to_outcome_trigger: 'game_complete',
      ...(campaign.outcome_redirect && { outcome_redirect: campaign.outcome_redirect }),
    },
    rules: campaign.rules,
    analytics: campaign.analytics,
    ...(campaign.branding && { branding: campaign.branding }),
    metadata: {
      template_id: config.template_id,
      template_version: config.version,
      theme: input.theme,
      locale: input.locale,
      game_bundle_checksum: input.game.digest,
    },
  };
  return { ...manifest, checksum: manifestChecksum(manifest) };
}

/** Posters are a convenience; everything else a player cannot do without. */
function assetRef({ uri, type, file }: PlacedFile<FileRef>): AssetRef {
  if (file.size === 0) throw new TerminalError('MISSING_ASSET', `${uri} is empty`);
  return { uri, type, size_bytes: file.size, checksum: file.digest, required: type !== 'image' };
}
