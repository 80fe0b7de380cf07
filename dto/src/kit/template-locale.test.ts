import { expect, test } from '@jest/globals';
import type { TemplateFile, TemplateLocale } from './template-file.dto.js';
import { completeMechanics, templateLocale } from './template-locale.js';

const words = (label: string): TemplateLocale => ({
  copy: { title: label, instructions: label, win_message: label, lose_message: label },
  button_label: label,
  mechanics: { prizes: [label] },
});
const preset = { win_probability: 0.5, parameters: {} };
const template: TemplateFile = {
  id: 'spin',
  version: '1.0.0',
  title: 'Spin',
  description: 'A wheel',
  system: 'Write',
  difficulty: { easy: preset, medium: preset, hard: preset },
  mechanics: { schema: {}, defaults: { prizes: [], turns: 4 } },
  default_locale: 'en',
  locales: { en: words('en'), de: words('de'), 'zh-Hans': words('zh-Hans'), 'pt-BR': words('pt-BR') },
};

test.each([
  ['de', 'de'],
  ['de-AT', 'de'],
  ['de-Latn-CH', 'de'],
  ['zh', 'zh-Hans'],
  ['zh-CN', 'zh-Hans'],
  ['zh-SG', 'zh-Hans'],
  ['zh-TW', 'en'],
  ['pt-BR', 'pt-BR'],
  ['pt-PT', 'en'],
  ['th-TH', 'en'],
])('%s speaks %s', (locale, spoken) => {
  expect(templateLocale(template, locale).button_label).toBe(spoken);
});

test('a template without its default language is refused', () => {
  expect(() => templateLocale({ ...template, default_locale: 'fr' }, 'th')).toThrow(
    new RangeError('spin has no words in its default language fr'),
  );
});

test('what was asked for wins over the language, and that over the defaults', () => {
  expect(completeMechanics(template, 'de')).toEqual({ prizes: ['de'], turns: 4 });
  expect(completeMechanics(template, 'de', { prizes: ['mine'] })).toEqual({ prizes: ['mine'], turns: 4 });
});
