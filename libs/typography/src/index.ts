export { findUndrawable, codePointName, type Undrawable } from './clusters.js';
export { findUndrawableTexts, type PlacedText, type UndrawableText } from './undrawable-texts.js';
export { UndrawableError } from './errors.js';
export { createTypesetter, type Typesetter } from './typesetter.js';
export type { LayoutOptions, TextLayout, TextLine, TextUnit } from './layout.js';
export type { Box } from './outline.js';
export { subsetFonts, fontFaceCss, type FontSubset } from './subset.js';
export { fontSources } from './slices.js';
