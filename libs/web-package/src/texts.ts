/** Short texts by language, e.g. `{ en: { spin: 'Spin' } }`. */
export type TextsFile = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The texts for a locale: its own (`zh-Hant-TW`, then `zh-Hant`, then `zh`), or English. A text that a language
 * lacks is English too.
 */
export function textsFor(texts: TextsFile, locale: string): Record<string, string> {
  const parts = locale.split('-');
  for (let n = parts.length; n > 0; n--) {
    const own = texts[parts.slice(0, n).join('-')];
    if (own) return { ...texts.en, ...own };
  }
  return { ...texts.en };
}

const RIGHT_TO_LEFT = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Which way the locale's script runs, as HTML's `dir` says it. */
export function directionOf(locale: string): 'rtl' | 'ltr' {
  const { language, script } = new Intl.Locale(locale);
  if (script !== undefined) return ['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo'].includes(script) ? 'rtl' : 'ltr';
  return RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
}
