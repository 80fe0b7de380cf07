import { TerminalError, implementSkill } from '@cairn/skill-kit';
import { gameAssets } from './game-assets.js';
import { assemble } from './manifest.js';
import { assembleCampaignManifest } from './skill.js';

export default implementSkill(assembleCampaignManifest, async ({ input, read }) => {
  if (input.now === undefined)
    throw new TerminalError(
      'VALIDATION_ERROR',
      'The manifest needs to know when its run was created: /now is absent',
    );
  return { manifest: assemble(input, gameAssets(await read(input.game)), input.now) };
});
