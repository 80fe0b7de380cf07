import { sha256 } from '@cairn/canonical';
import { GAME_FOLDER, isPackagePath, type AssetRef } from '@cairn/dto';
import { TerminalError } from '@cairn/skill-kit';
import { unzipFiles } from '@cairn/web-package';

const TYPES: Readonly<Record<string, AssetRef['type']>> = {
  mp4: 'video',
  mp3: 'audio',
  wav: 'audio',
  png: 'image',
  jpg: 'image',
  svg: 'image',
  webp: 'image',
};
const typeOf = (name: string): AssetRef['type'] => TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'bundle';

/**
 * The files of a game's bundle as they will stand in the package, sorted by path; the entry point apart.
 * @throws TerminalError MISSING_ASSET when the bundle has no index.html.
 */
export function gameAssets(zip: Uint8Array): { entry: AssetRef; others: AssetRef[] } {
  const refs = [...unzipFiles(zip)].map(([name, bytes]) => {
    if (!isPackagePath(name))
      throw new TerminalError('INVALID_BUNDLE', `The game's bundle holds ${JSON.stringify(name)}`);
    return {
      uri: `${GAME_FOLDER}/${name}`,
      type: typeOf(name),
      size_bytes: bytes.length,
      checksum: sha256(bytes),
      required: true,
    };
  });
  const at = refs.findIndex(ref => ref.uri === `${GAME_FOLDER}/index.html`);
  if (at < 0) throw new TerminalError('MISSING_ASSET', "The game's bundle has no index.html");
  const [index] = refs.splice(at, 1);
  return { entry: { ...index!, type: 'bundle' }, others: refs };
}
