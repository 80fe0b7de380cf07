import { jcs } from '@cairn/canonical';
import { TerminalError, implementSkill } from '@cairn/skill-kit';
import { UndrawableError, fontFaceCss, subsetFonts } from '@cairn/typography';
import { textsFor, webPage, zipFiles } from '@cairn/web-package';
import { describeBundle } from './bundle-manifest.js';
import { bundleGameTemplate } from './skill.js';
import { placeSounds } from './sounds.js';

/** Every text that the game can draw. Prizes are the mechanics' own, so their labels are found by shape. */
function drawnTexts(
  copy: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>>,
  mechanics: unknown,
) {
  const labels: string[] = [];
  const collect = (value: unknown) => {
    if (typeof value === 'string') labels.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(mechanics);
  return [...Object.values(copy), ...Object.values(texts), ...labels];
}

async function fontsFor(texts: readonly string[], locale: string): Promise<string> {
  try {
    const { css, fontFamily } = fontFaceCss(await subsetFonts(texts, locale, '0123456789'));
    return `${css}\n:root{--font:${fontFamily}}`;
  } catch (error) {
    if (error instanceof UndrawableError) throw new TerminalError('VALIDATION_ERROR', error.message);
    throw error;
  }
}

export default implementSkill(bundleGameTemplate, async ({ input, resources, read, write, progress }) => {
  const { config } = input;
  const { locale } = config.settings;
  const texts = textsFor(resources.texts, locale);
  const sounds = placeSounds(config.audio.bgm.enabled ? input.music : undefined, input.effects);
  const fonts = await fontsFor(drawnTexts(config.copy, texts, config.mechanics), locale);
  progress(0.4, 'fonts cut');

  const files = new Map<string, Uint8Array>();
  const effects: Record<string, string> = {};
  for (const [name, { path, file }] of sounds.effects) {
    files.set(path, await read(file));
    effects[name] = path;
  }
  if (sounds.music) files.set(sounds.music.path, await read(sounds.music.file));
  const page = webPage({
    locale,
    title: config.copy.title,
    css: `${resources.css}\n${resources.skin}\n${fonts}`,
    script: resources.game,
    data: { config, sounds: { music: sounds.music?.path, effects }, texts },
    sources: [`img-src data:`, `font-src data:`, `media-src 'self' file:`],
  });
  files.set('index.html', Buffer.from(page));
  files.set('game_config.json', Buffer.from(jcs(config)));
  const zip = zipFiles(files);
  progress(0.9, 'zipped');
  return {
    game: await write('bundle/game', zip, { filename: 'game.zip' }),
    files: describeBundle(files, zip, config),
  };
});
