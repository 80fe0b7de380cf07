/** Where a file stands in a campaign's package. */
export interface PlacedFile<F> {
  /** Relative to the package's root, e.g. `videos/intro.mp4`. */
  readonly uri: string;
  readonly type: 'video' | 'audio' | 'image';
  readonly file: F;
}

interface Named {
  readonly filename?: string;
}
interface PerRole<F> {
  readonly intro: F;
  readonly win: F;
  readonly lose: F;
}
interface Media<V, P, M, E> {
  readonly videos: PerRole<V>;
  readonly posters?: PerRole<P>;
  readonly music: M;
  readonly effects: Readonly<Record<string, E>>;
}

/** The folder of the package into which the game's bundle is unpacked. */
export const GAME_FOLDER = 'game';

const extensionOf = (file: Named, otherwise: string) =>
  /\.([a-z0-9]{1,5})$/.exec(file.filename ?? '')?.[1] ?? otherwise;

/**
 * The one place that knows the package's layout: the manifest names files by it, the package puts them there.
 * The game is not among them: its bundle is unpacked into {@link GAME_FOLDER}. Effects come sorted by name.
 */
export function packageLayout<V extends Named, P extends Named = V, M extends Named = V, E extends Named = V>(
  media: Media<V, P, M, E>,
): PlacedFile<V | P | M | E>[] {
  const { videos, posters, music, effects } = media;
  const roles = ['intro', 'win', 'lose'] as const;
  return [
    ...roles.map(role => ({ uri: `videos/${role}.mp4`, type: 'video' as const, file: videos[role] })),
    ...roles.flatMap(role =>
      posters ? [{ uri: `videos/${role}.png`, type: 'image' as const, file: posters[role] }] : [],
    ),
    { uri: `audio/bgm.${extensionOf(music, 'mp3')}`, type: 'audio', file: music },
    ...Object.keys(effects)
      .sort()
      .map(name => {
        const file = effects[name]!;
        return { uri: `audio/sfx/${name}.${extensionOf(file, 'wav')}`, type: 'audio' as const, file };
      }),
  ];
}
