import { findUndrawable, type Undrawable } from './clusters.js';
import { layoutText, type LayoutOptions, type TextLayout } from './layout.js';
import { subsetFonts, type FontSubset } from './subset.js';

/** Sets text into outlines. Fonts are read from installed packages when a text first needs them. */
export interface Typesetter {
  /** @throws UndrawableError when no font has a character of the text */
  layout(text: string, options: LayoutOptions): Promise<TextLayout>;
  /** The first character that no font has, if any. */
  findUndrawable(text: string, locale: string): Promise<Undrawable | undefined>;
  /** Fonts cut to the texts, see `subsetFonts`. */
  subset(texts: readonly string[], locale: string): Promise<FontSubset[]>;
}

/** A typesetter; all share the fonts loaded in this process. */
export async function createTypesetter(): Promise<Typesetter> {
  return { layout: layoutText, findUndrawable, subset: subsetFonts };
}
