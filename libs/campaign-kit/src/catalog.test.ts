import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { completeMechanics, compile, ValidationError } from '@cairn/dto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findTemplate, findTheme, listTemplates, listThemes } from './catalog.js';
import { readJsonResource } from './read-resource.js';
import { resourceRoot } from './resource-root.js';

describe('what is shipped', () => {
  test('one template, two themes', () => {
    expect(listTemplates().map(({ id, version }) => `${id} ${version}`)).toEqual(['spin_wheel_v1 1.0.0']);
    expect(listThemes().map(({ id }) => id)).toEqual(['neon_arcade', 'paper_carnival']);
  });

  test('every template takes its own mechanics, in each of its languages', () => {
    for (const template of listTemplates())
      for (const locale of Object.keys(template.locales)) {
        const mechanics = completeMechanics(template, locale);
        expect([locale, compile(template.mechanics.schema).check(mechanics)]).toEqual([locale, []]);
      }
  });

  test('every template speaks its default language and nine scripts', () => {
    for (const { locales, default_locale } of listTemplates())
      expect(Object.keys(locales)).toEqual(
        expect.arrayContaining([
          default_locale,
          'en',
          'de',
          'el',
          'ru',
          'ja',
          'ko',
          'zh-Hans',
          'ar',
          'he',
          'hi',
        ]),
      );
  });

  test('every theme has music, sounds for its effects, a scene and skins', () => {
    for (const { id, sfx } of listThemes()) {
      const sounds = readJsonResource(`themes/${id}/sounds.json`) as Record<string, unknown>;
      const described = JSON.stringify(sounds);
      expect(Object.keys(sfx).filter(name => !described.includes(`"${name}"`))).toEqual([]);
      for (const file of ['music.json', 'scene.json', 'game.css', 'player.css'])
        expect([file, readFileSync(new URL(`themes/${id}/${file}`, resourceRoot)).length > 0]).toEqual([
          file,
          true,
        ]);
    }
  });

  test('the text colours of a theme stand out from its background', () => {
    const luminance = (hex: string) => {
      const [r, g, b] = [1, 3, 5]
        .map(at => parseInt(hex.slice(at, at + 2), 16) / 255)
        .map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    for (const { colors } of listThemes()) {
      const [dark, light] = [luminance(colors.background), luminance(colors.primary)].sort((a, b) => a - b);
      // WCAG 2.2, 1.4.11 and 1.4.3 for large text.
      expect((light! + 0.05) / (dark! + 0.05)).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('a kit of one’s own', () => {
  let folder: string;
  let root: URL;
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn kit é '));
    root = pathToFileURL(`${folder}/`);
    cpSync(new URL('themes/neon_arcade/theme.json', resourceRoot), join(folder, 'themes/copied/theme.json'));
    write('themes/empty/notes.txt', 'no theme');
    write('themes/half/theme.json', '{"id":"half"}');
    write('themes/cut/theme.json', '{"id":');
    write('templates/.keep', '');
    write('secret.json', '{}');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a folder without its file is no theme', () => {
    expect(findTheme('empty', root)).toBe(undefined);
    expect(findTheme('absent', root)).toBe(undefined);
    expect(findTemplate('absent', root)).toBe(undefined);
    expect(listTemplates(root)).toEqual([]);
  });

  test('a theme in another folder than its id says is refused', () => {
    expect(() => findTheme('copied', root)).toThrow(
      "themes/copied/theme.json is not valid: /id must be the folder's name, copied",
    );
  });

  test('a broken file is an error that names it', () => {
    expect(() => findTheme('half', root)).toThrow(ValidationError);
    expect(() => findTheme('half', root)).toThrow(
      /^themes\/half\/theme.json is not valid: \/title is required/,
    );
    expect(() => findTheme('cut', root)).toThrow(SyntaxError);
  });

  test.each(['../secret.json', '/secret.json', 'themes/../secret.json', 'themes\\x.json', ''])(
    '%p reads nothing outside',
    path => expect(readJsonResource(path, root)).toBe(undefined),
  );
});
