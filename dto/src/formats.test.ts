import { describe, expect, test } from '@jest/globals';
import { FORMATS, isHttpUrl, isLocale, isPackagePath } from './formats.js';

describe('isLocale', () => {
  test.each(['en', 'en-US', 'zh-Hans-CN', 'sr-Latn', 'de-1996', 'hi-IN-u-nu-deva'])('%s', tag =>
    expect(isLocale(tag)).toBe(true),
  );
  test.each(['', 'english language', 'en_US', 'e', 'en-', '-en', 'en--US'])('not %p', tag =>
    expect(isLocale(tag)).toBe(false),
  );
});

describe('isHttpUrl', () => {
  test.each(['https://example.com', 'HTTP://example.com:8080/a?b=c#d', 'https://пример.рф/ы'])('%s', url =>
    expect(isHttpUrl(url)).toBe(true),
  );
  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.com',
    '//example.com',
    'https://',
    'https:example.com',
    'https://user:pw@example.com',
    ' https://example.com',
    'https://exa mple.com',
  ])('not %p', url => expect(isHttpUrl(url)).toBe(false));
});

describe('isPackagePath', () => {
  test.each(['index.html', 'videos/intro.mp4', 'audio/sfx/win.mp3'])('%s', path =>
    expect(isPackagePath(path)).toBe(true),
  );
  test.each(['', '/etc/passwd', '../x', 'a/../b', 'a//b', 'a\\b', 'C:/x', 'a/', './a', 'a\u0000b'])(
    'not %p',
    path => expect(isPackagePath(path)).toBe(false),
  );
});

test.each([
  ['2026-11-21', true],
  ['2026-11-21T09:30:00Z', true],
  ['2026-11-21T09:30:00.123+05:30', true],
  ['2026-02-30', false],
  ['2026-11-21T09:30:00', false],
  ['yesterday', false],
])('iso-8601 %s: %p', (text, valid) => expect(FORMATS['iso-8601']!.test(text)).toBe(valid));
