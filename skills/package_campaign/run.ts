import { GAME_FOLDER, isPackagePath, packageLayout, type GameConfig, type PlacedFile } from '@cairn/dto';
import { TerminalError, implementSkill, type FileRef } from '@cairn/skill-kit';
import { findUndrawable, fontFaceCss, subsetFonts } from '@cairn/typography';
import { textsFor, unzipFiles, webPage, zipFiles } from '@cairn/web-package';
import { packageCampaign } from './skill.js';
import { verifyAssets } from './verify.js';

/** The game's files, each at its place in the package. */
function unpackGame(bundle: Uint8Array): [path: string, bytes: Uint8Array][] {
  return [...unzipFiles(bundle)].map(([path, bytes]) => {
    if (!isPackagePath(path))
      throw new TerminalError('VALIDATION_ERROR', `The game's bundle holds a bad path: ${path}`);
    return [`${GAME_FOLDER}/${path}`, bytes];
  });
}

/** Where the posters stand, by the role that their file is named after. */
function postersIn(layout: readonly PlacedFile<FileRef>[]): Record<string, string> {
  const posters: Record<string, string> = {};
  for (const { uri, type } of layout) {
    const role = /([a-z]+)\.png$/.exec(uri)?.[1];
    if (type === 'image' && role !== undefined) posters[role] = uri;
  }
  return posters;
}

/** The game's sounds as its config wants them played, at their places in the package. */
function soundsIn(files: ReadonlyMap<string, Uint8Array>, layout: readonly PlacedFile<FileRef>[]) {
  const bytes = files.get(`${GAME_FOLDER}/game_config.json`);
  if (!bytes) throw new TerminalError('MISSING_ASSET', "The game's bundle has no game_config.json");
  const { audio } = JSON.parse(Buffer.from(bytes).toString()) as Pick<GameConfig, 'audio'>;
  const effects: Record<string, string> = {};
  let music: string | undefined;
  for (const { uri, type } of layout) {
    const name = /^audio\/sfx\/([^/]+)\.[a-z0-9]+$/.exec(uri)?.[1];
    if (name !== undefined) effects[name] = uri;
    else if (type === 'audio') music = uri;
  }
  const { enabled, loop } = audio.bgm;
  return { effects, ...(enabled && music !== undefined && { music: { src: music, loop } }) };
}

/** Fonts for what the player draws. A name that they lack is left to the visitor's own fonts. */
async function fontsFor(texts: readonly string[], locale: string): Promise<string> {
  const drawable: string[] = [];
  for (const text of texts) if ((await findUndrawable(text, locale)) === undefined) drawable.push(text);
  const { css, fontFamily } = fontFaceCss(await subsetFonts(drawable, locale));
  return `${css}\n:root{--font:${fontFamily}}`;
}

export default implementSkill(packageCampaign, async ({ input, resources, read, write, progress }) => {
  const { manifest, theme, locale, colors } = input;
  const files = new Map<string, Uint8Array>();
  const layout = packageLayout<FileRef>(input);
  for (const { uri, file } of layout) files.set(uri, await read(file));
  for (const [path, bytes] of unpackGame(await read(input.game))) files.set(path, bytes);
  progress(0.4, 'collected');

  const issues = verifyAssets(manifest, files);
  if (issues[0])
    throw new TerminalError(
      issues[0].code,
      `The manifest and the files differ: ${issues[0].message}`,
      issues,
    );

  const texts = textsFor(resources.texts, locale);
  const page = webPage({
    locale,
    title: manifest.campaign_name,
    css: [
      resources.css,
      resources.skin,
      await fontsFor([manifest.campaign_name, ...Object.values(texts)], locale),
    ].join('\n'),
    script: resources.player,
    data: { manifest, theme, colors, posters: postersIn(layout), texts, sounds: soundsIn(files, layout) },
    // The package's own media, and its game in a frame.
    sources: [
      `img-src 'self' file: data:`,
      `font-src data:`,
      `media-src 'self' file:`,
      `frame-src 'self' file:`,
    ],
  });
  files.set('index.html', Buffer.from(page));
  files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  progress(0.7, 'verified');
  const campaign = await write('bundle/campaign', zipFiles(files), {
    filename: `${manifest.campaign_id}.zip`,
  });
  return { campaign };
});
