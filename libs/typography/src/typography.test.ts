import * as hb from 'harfbuzzjs';
import { describe, expect, test } from '@jest/globals';
import {
  createTypesetter,
  findUndrawable,
  findUndrawableTexts,
  fontFaceCss,
  fontSources,
  subsetFonts,
} from './index.js';
import type { LayoutOptions } from './layout.js';

// Real: fonts and HarfBuzz.
const typesetter = await createTypesetter();
const set = (text: string, options: Partial<LayoutOptions> = {}) =>
  typesetter.layout(text, { size: 100, locale: 'en', maxWidth: 10_000, ...options });
const words = (layout: Awaited<ReturnType<typeof set>>) =>
  layout.lines.map(line =>
    [...line.units]
      .sort((a, b) => a.order - b.order)
      .map(unit => unit.text)
      .join(''),
  );

describe('what can be drawn', () => {
  test.each([
    ['Spin & Win! 100% €', 'en'],
    ['Điện thoại Việt', 'vi'],
    ['Γύρισε τον τροχό', 'el'],
    ['Крути колесо, Їжак', 'uk'],
    ['ルーレットを回そう、髙橋さん！', 'ja'],
    ['행운의 룰렛을 돌려보세요', 'ko'],
    ['转动幸运轮盘，赢取大奖！', 'zh-CN'],
    ['اربح جائزة 100 كبيرة!', 'ar'],
    ['סובב וזכה! שָׁלוֹם', 'he'],
    ['पहिया घुमाओ, क्षत्रिय', 'hi'],
    ['★ ♥ → ½ № ₹\n\tok', 'en'],
  ])('%s', async (text, locale) => expect(await findUndrawable(text, locale)).toBe(undefined));

  test.each([
    ['Win 😀 now', '😀', 'U+1F600', 4],
    ['สวัสดี', 'ส', 'U+0E2A', 0],
    ['bell \u0007', '\u0007', 'U+0007', 5],
    ['private \ue000', '\ue000', 'U+E000', 8],
  ])('not %s', async (text, character, codePoint, index) =>
    expect(await findUndrawable(text, 'en')).toEqual({ character, codePoint, index }),
  );

  test('among several texts, those and no others', async () => {
    const texts = [
      { path: '/a', text: 'ok' },
      { path: '/b', text: 'Win 😀' },
      { path: '/c', text: '\ue000' },
    ];
    expect(await findUndrawableTexts(texts, 'en')).toEqual([
      {
        path: '/b',
        undrawable: { character: '😀', codePoint: 'U+1F600', index: 4 },
        message: 'cannot be drawn: no font has the character 😀 (U+1F600)',
      },
      {
        path: '/c',
        undrawable: { character: '\ue000', codePoint: 'U+E000', index: 0 },
        message: 'cannot be drawn: no font has the character \ue000 (U+E000)',
      },
    ]);
  });

  test('layout refuses it, naming the place', async () => {
    await expect(set('ok 😀')).rejects.toThrow(
      'no font has the character "😀" (U+1F600) at position 3 of the text',
    );
  });
});

describe('layout', () => {
  test('widths are those of the font', async () => {
    // Advance of H in Noto Sans: 741 of 1000 at weight 400, 765 at weight 700.
    expect((await set('H')).width).toBeCloseTo(74.1, 5);
    expect((await set('H', { weight: 'bold' })).width).toBeCloseTo(76.5, 5);
  });

  test('letters are kerned', async () => {
    const [together, a, v] = [await set('AV'), await set('A'), await set('V')];
    expect(together.width < a.width + v.width - 1).toBe(true);
  });

  test('lines are broken evenly, at words', async () => {
    const layout = await set('one two three four five six', { maxWidth: 900 });
    expect(words(layout)).toEqual(['one two three', 'four five six']);
  });

  test('a line break in the text is one in the layout', async () => {
    expect(words(await set('a\nb c'))).toEqual(['a', 'b c']);
  });

  test('Japanese breaks between phrases, and no line starts with a mark', async () => {
    const text = 'ルーレットを回して豪華賞品を当てよう！';
    const layout = await set(text, { locale: 'ja', maxWidth: 1100 });
    expect(words(layout)).toEqual(['ルーレットを回して', '豪華賞品を当てよう！']);
  });

  test('a text is made smaller until it fits', async () => {
    const layout = await set('Unbelievably', { maxWidth: 300, maxHeight: 90 });
    expect(layout.fontSize < 100 && layout.width <= 300 && layout.width > 280).toBe(true);
    expect(layout.lines.length).toBe(1);
  });

  test('a right-to-left text runs from the right, its numbers from the left', async () => {
    const layout = await set('שלום 12', { locale: 'he' });
    const at = (text: string) => layout.lines[0]!.units.find(unit => unit.text === text)!.box.left;
    expect(layout.rightToLeft).toBe(true);
    expect(at('ש') > at('ל') && at('ם') > at('2') && at('2') > at('1')).toBe(true);
    expect(layout.lines[0]!.units.find(unit => unit.text === 'ש')!.order).toBe(0);
  });

  test('words of a joining script move as one', async () => {
    const units = async (text: string, locale: string) =>
      (await set(text, { locale })).lines[0]!.units.filter(unit => unit.path !== '').map(unit => unit.text);
    expect(await units('नमस्ते दुनिया', 'hi')).toEqual(['नमस्ते', 'दुनिया']);
    expect(await units('مرحبا', 'ar')).toEqual(['مرحبا']);
    expect(await units('Año', 'es')).toEqual(['A', 'ñ', 'o']);
  });

  test('a Han character has the form of its country', async () => {
    const path = async (locale: string) => (await set('直', { locale })).path;
    const [ja, zh] = [await path('ja'), await path('zh-CN')];
    expect(ja === zh).toBe(false);
    expect(await path('en')).toBe(zh);
    expect((await set('直しに', { locale: 'en' })).path.startsWith(ja)).toBe(true);
  });

  test('a letter with its accent apart is the same as the composed one', async () => {
    expect((await set('e\u0301')).path).toBe((await set('é')).path);
  });
});

describe('subset', () => {
  test('has the characters of the texts and no others, and shapes them', async () => {
    const fonts = await subsetFonts(['नमस्ते', 'Hi'], 'hi');
    expect(fonts.map(font => font.family)).toEqual(['Cairn sans latin', 'Cairn sans devanagari']);
    const face = new hb.Face(new hb.Blob(fonts[1]!.data));
    expect([...face.collectUnicodes()].map(point => String.fromCodePoint(point)).join('')).toBe(
      ' तनमस\u0947\u094d',
    );
    const buffer = new hb.Buffer();
    buffer.addText('नमस्ते');
    buffer.guessSegmentProperties();
    hb.shape(new hb.Font(face), buffer);
    // Six characters are five glyphs: स and its virama join with त, and the vowel sign stands above.
    expect(buffer.getGlyphInfos().every(info => info.codepoint !== 0)).toBe(true);
    expect(buffer.getGlyphInfos().length).toBe(5);
  });

  test('the same texts give the same bytes', async () => {
    const [a, b] = [await subsetFonts(['转动', 'Go'], 'zh'), await subsetFonts(['转动', 'Go'], 'zh')];
    expect(a).toEqual(b);
    expect(a.every(font => font.data.length < 12_000)).toBe(true);
  });

  test('CSS holds the fonts', async () => {
    const { css, fontFamily } = fontFaceCss(await subsetFonts(['Hi'], 'en'));
    expect(css).toMatch(
      /^@font-face\{font-family:'Cairn sans latin';.*base64,AAEAAA.*unicode-range:U\+20,U\+48,U\+69\}$/,
    );
    expect(fontFamily).toBe("'Cairn sans latin',sans-serif");
  });
});

test('the fonts are named with their versions', () => {
  expect(fontSources()[0]).toEqual({ package: '@fontsource-variable/noto-sans', version: '5.3.0' });
});
