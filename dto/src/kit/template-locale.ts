import type { Mechanics } from '../skills/game-config.dto.js';
import type { TemplateFile, TemplateLocale } from './template-file.dto.js';

/**
 * The words of a template in the language nearest to the asked one: `de-AT` finds `de`, `zh-CN` finds `zh-Hans`;
 * a language that the template does not speak finds its default one.
 */
export function templateLocale(template: TemplateFile, locale: string): TemplateLocale {
  const { language, script } = new Intl.Locale(locale).maximize();
  const tags = [locale, `${language}-${script}`, language, template.default_locale];
  const tag = tags.find(each => Object.hasOwn(template.locales, each));
  if (tag === undefined)
    throw new RangeError(`${template.id} has no words in its default language ${template.default_locale}`);
  return template.locales[tag]!;
}

/** A template's mechanics: its defaults, then its language's, then what was asked for. */
export function completeMechanics(template: TemplateFile, locale: string, asked: Mechanics = {}): Mechanics {
  return { ...template.mechanics.defaults, ...templateLocale(template, locale).mechanics, ...asked };
}
