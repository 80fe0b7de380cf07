export { zipFiles, unzipFiles } from './zip.js';
export { cspHash, escapeHtml, inlineJson } from './escape.js';
export { webPage, type WebPage } from './page.js';
export { directionOf, textsFor, type TextsFile } from './texts.js';
