import { expect, test } from '@jest/globals';
import { directionOf, textsFor } from './texts.js';

const texts = { en: { spin: 'Spin', won: 'Won' }, 'zh-Hant': { spin: '旋轉' }, zh: { spin: '旋转' } };

test.each([
  ['zh-Hant-TW', { spin: '旋轉', won: 'Won' }],
  ['zh-CN', { spin: '旋转', won: 'Won' }],
  ['fr', { spin: 'Spin', won: 'Won' }],
])('the texts for %s', (locale, expected) => expect(textsFor(texts, locale)).toEqual(expected));

test.each([
  ['en-US', 'ltr'],
  ['he', 'rtl'],
  ['ar-Latn', 'ltr'],
  ['uz-Arab', 'rtl'],
])('%s runs %s', (locale, direction) => expect(directionOf(locale)).toBe(direction));
