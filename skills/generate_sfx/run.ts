import { sha256 } from '@cairn/canonical';
import type { AudioGenerationResult } from '@cairn/dto';
import { implementSkill, type FileRef } from '@cairn/skill-kit';
import { generateSfx } from './skill.js';

/** A theme's effect is always made from the same seed, so that a changed volume changes nothing else. */
const seedOf = (text: string) => Number.parseInt(sha256(text).slice('sha256:'.length).slice(0, 8), 16);

/** Makes each effect of the campaign at its configured volume. */
export default implementSkill(generateSfx, async ({ input, resources, audio, write, progress, signal }) => {
  const { theme, format } = input;
  const names = Object.keys(input.effects).sort();
  const effects: Record<string, FileRef<'audio/sfx'>> = {};
  const results: Record<string, AudioGenerationResult> = {};
  for (const [n, name] of names.entries()) {
    signal.throwIfAborted();
    progress(n / names.length, `Making ${name}`);
    const { data, metadata } = await audio.effect({
      style: resources.style,
      name,
      format,
      volume: input.effects[name]!.volume,
      seed: seedOf(`${theme}/${name}`),
    });
    const filename = `${name}.${metadata.format}`;
    effects[name] = await write('audio/sfx', data, { filename, metadata: { ...metadata } });
    results[name] = { uri: `audio/sfx/${filename}`, metadata };
  }
  return { effects, results };
});
