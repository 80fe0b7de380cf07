import { findUndrawable, type Undrawable } from './clusters.js';

/** A text, and where it stands in what its author wrote. */
export interface PlacedText {
  /** JSON Pointer. */
  readonly path: string;
  readonly text: string;
}

/** Why a text is refused. */
export interface UndrawableText {
  readonly path: string;
  /** The first character of it that no font has. */
  readonly undrawable: Undrawable;
  /** To follow the path, e.g. `cannot be drawn: no font has the character 😀 (U+1F600)`. */
  readonly message: string;
}

/** Those of the texts that cannot be drawn, in the order given; see `findUndrawable`. */
export async function findUndrawableTexts(
  texts: readonly PlacedText[],
  locale: string,
): Promise<UndrawableText[]> {
  const refused: UndrawableText[] = [];
  for (const { path, text } of texts) {
    const undrawable = await findUndrawable(text, locale);
    if (undrawable === undefined) continue;
    const { character, codePoint } = undrawable;
    const message = `cannot be drawn: no font has the character ${character} (${codePoint})`;
    refused.push({ path, undrawable, message });
  }
  return refused;
}
