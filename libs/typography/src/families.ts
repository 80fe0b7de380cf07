/** A family of web-font slices from one npm package, all under the Open Font License. */
export interface Family {
  /** Short name, used in diagnostics and as the key of `order`. */
  readonly id: FamilyId;
  readonly package: string;
  /** Prefix of the package's font files: `<file>-<slice>-wght-normal.woff2`. */
  readonly file: string;
  /** Slices never used: Latin letters come from the base family, so that one line has one design. */
  readonly skip: readonly string[];
}

export type FamilyId = 'sans' | 'jp' | 'kr' | 'sc' | 'arabic' | 'hebrew';

const latin = ['latin', 'latin-ext', 'vietnamese', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext'];

/**
 * Variable fonts (weights 100 to 900 in one file), cut into slices by the Google Fonts project. All of them together
 * are 21 MB installed; whole static fonts of the same families would be about 50 MB for each of the three CJK ones.
 * A slice is loaded, in about 2 ms, only when a text needs a character of it.
 */
export const families: Readonly<Record<FamilyId, Family>> = {
  sans: { id: 'sans', package: '@fontsource-variable/noto-sans', file: 'noto-sans', skip: [] },
  jp: { id: 'jp', package: '@fontsource-variable/noto-sans-jp', file: 'noto-sans-jp', skip: latin },
  kr: { id: 'kr', package: '@fontsource-variable/noto-sans-kr', file: 'noto-sans-kr', skip: latin },
  sc: { id: 'sc', package: '@fontsource-variable/noto-sans-sc', file: 'noto-sans-sc', skip: latin },
  arabic: {
    id: 'arabic',
    package: '@fontsource-variable/noto-sans-arabic',
    file: 'noto-sans-arabic',
    skip: latin,
  },
  hebrew: {
    id: 'hebrew',
    package: '@fontsource-variable/noto-sans-hebrew',
    file: 'noto-sans-hebrew',
    skip: latin,
  },
};

const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const hangul = /\p{Script=Hangul}/u;
const han = /\p{Script=Han}/u;

/** True when the text has a character written in the East Asian scripts. */
export function hasCjk(text: string): boolean {
  return han.test(text) || kana.test(text) || hangul.test(text);
}

/**
 * Which families to try, in order, for a text: one Han character is drawn differently in Japan, Korea and China, so the
 * locale decides; where the locale is none of them, kana and hangul in the text do.
 */
export function familyOrder(locale: string, text: string): FamilyId[] {
  const language = locale.toLowerCase().split(/[-_]/)[0];
  const cjk: FamilyId[] =
    language === 'ja' || (language !== 'ko' && language !== 'zh' && kana.test(text))
      ? ['jp', 'sc', 'kr']
      : language === 'ko' || (language !== 'zh' && hangul.test(text))
        ? ['kr', 'jp', 'sc']
        : ['sc', 'jp', 'kr'];
  return ['sans', 'arabic', 'hebrew', ...cjk];
}
