import { sha256 } from '@cairn/canonical';
import type { AssetRef, CampaignManifest, Issue } from '@cairn/dto';

/** Every reference of a manifest to a file, with its JSON Pointer. */
function references(manifest: CampaignManifest): { readonly path: string; readonly ref: AssetRef }[] {
  const { intro_video, win_video, lose_video, game_bundle, additional } = manifest.assets;
  return [
    ...Object.entries({ intro_video, win_video, lose_video, game_bundle }).map(([name, ref]) => ({
      path: `/assets/${name}`,
      ref,
    })),
    ...additional.map((ref, i) => ({ path: `/assets/additional/${i}`, ref })),
  ];
}

const OUTSIDE = /^https?:/i;

/**
 * Checks a manifest against the files of its package: what it names must be there, and be what it says. A
 * package asks for nothing from outside, so a required file elsewhere is missing too.
 *
 * @returns MISSING_ASSET and INVALID_HASH issues, in the manifest's order
 */
export function verifyAssets(manifest: CampaignManifest, files: ReadonlyMap<string, Uint8Array>): Issue[] {
  const issues: Issue[] = [];
  for (const { path, ref } of references(manifest)) {
    const bytes = files.get(ref.uri);
    if (!bytes) {
      if (ref.required || !OUTSIDE.test(ref.uri))
        issues.push({
          path: `${path}/uri`,
          code: 'MISSING_ASSET',
          message: `${ref.uri} is not in the package`,
        });
      continue;
    }
    if (ref.size_bytes !== undefined && ref.size_bytes !== bytes.length)
      issues.push({
        path: `${path}/size_bytes`,
        code: 'INVALID_HASH',
        message: `${ref.uri} has ${bytes.length} bytes, not ${ref.size_bytes}`,
      });
    if (ref.checksum !== undefined && ref.checksum !== sha256(bytes))
      issues.push({
        path: `${path}/checksum`,
        code: 'INVALID_HASH',
        message: `${ref.uri} has the checksum ${sha256(bytes)}, not ${ref.checksum}`,
      });
  }
  const sound = manifest.interaction.button.click_sound_uri;
  if (sound !== undefined && !files.has(sound))
    issues.push({
      path: '/interaction/button/click_sound_uri',
      code: 'MISSING_ASSET',
      message: `${sound} is not in the package`,
    });
  return issues;
}
