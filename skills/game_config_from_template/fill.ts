import {
  completeMechanics,
  normaliseColour,
  templateLocale,
  type Colors,
  type GameConfig,
  type TemplateFile,
  type ThemeFile,
} from '@cairn/dto';
import type { Static } from '@cairn/skill-kit';
import type { Draft } from './draft.js';
import type { GameConfigInput } from './skill.js';

export type Input = Static<typeof GameConfigInput>;

/** The template's and the theme's own values, then the draft's, then what a person typed. */
export function fill(template: TemplateFile, theme: ThemeFile, input: Input, draft: Draft = {}): GameConfig {
  const level = input.difficulty.level ?? 'medium';
  const preset = template.difficulty[level];
  const { enabled, volume } = input.audio;
  return {
    template_id: template.id,
    version: template.version,
    settings: {
      duration_sec: input.duration_sec,
      difficulty: {
        level,
        win_probability: input.difficulty.win_probability ?? preset.win_probability,
        parameters: preset.parameters,
      },
      locale: Intl.getCanonicalLocales(input.locale)[0]!,
    },
    visuals: {
      theme: theme.id,
      colors: hexColours(theme, { ...theme.colors, ...draft.colors, ...input.colors }),
      assets: theme.assets,
      animations: theme.animations,
    },
    audio: {
      bgm: { enabled, volume, loop: true },
      // Sound that is switched off is switched off altogether: no effect is made, none is shipped.
      sfx: enabled ? theme.sfx : {},
    },
    mechanics: completeMechanics(template, input.locale, input.mechanics),
    copy: { ...templateLocale(template, input.locale).copy, ...draft.copy, ...input.copy },
  };
}

/** A translucent colour lies over the background, a translucent background over the theme's own. */
function hexColours(theme: ThemeFile, colours: Colors): Colors {
  const background = normaliseColour(colours.background, theme.colors.background);
  const over = (css: string) => normaliseColour(css, background);
  return {
    primary: over(colours.primary),
    secondary: over(colours.secondary),
    accent: over(colours.accent),
    background,
  };
}

/** The word on the intro's button: what was asked for, or the template's in the campaign's language. */
export function buttonLabel(template: TemplateFile, input: Input): string {
  return input.button.label ?? templateLocale(template, input.locale).button_label;
}
