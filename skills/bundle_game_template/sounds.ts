import type { FileRef } from '@cairn/skill-kit';

/** A sound's place in the bundle, and the file that goes there. */
export interface PlacedSound {
  readonly path: string;
  readonly file: FileRef;
}

const extension = (file: FileRef) => (/\.wav$/i.test(file.filename ?? '') ? 'wav' : 'mp3');

/** Where the sounds stand in the bundle. Music that is switched off is left out. */
export function placeSounds(
  music: FileRef | undefined,
  effects: Readonly<Record<string, FileRef>>,
): { readonly music?: PlacedSound; readonly effects: ReadonlyMap<string, PlacedSound> } {
  return {
    ...(music && { music: { path: `audio/bgm.${extension(music)}`, file: music } }),
    effects: new Map(
      Object.keys(effects)
        .sort()
        .map(name => {
          const file = effects[name] as FileRef;
          return [name, { path: `audio/sfx/${name}.${extension(file)}`, file }];
        }),
    ),
  };
}
