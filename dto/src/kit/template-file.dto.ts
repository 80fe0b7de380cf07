import { Type, type Static } from 'typebox';
import { Copy, Mechanics } from '../skills/game-config.dto.js';
import { KitId, Probability, Text, Version, closed, map } from '../types/scalars.js';

const Preset = closed({ win_probability: Probability, parameters: map(Type.Number()) });

/** A template's words in one language. */
export const TemplateLocale = closed({
  copy: Copy,
  /** On the button of the intro. */
  button_label: Text(40),
  /** Laid over the template's default mechanics, e.g. the prizes' labels. */
  mechanics: Mechanics,
});
export type TemplateLocale = Static<typeof TemplateLocale>;

/** A template's `template.json`: what its game is when the trigger does not say. */
export const TemplateFile = closed({
  id: KitId,
  version: Version,
  title: Text(80),
  description: Text(400),
  /** What the language model is told to do with a brief. */
  system: Text(4000),
  difficulty: closed({ easy: Preset, medium: Preset, hard: Preset }),
  mechanics: closed({
    /** JSON Schema (draft 2020-12) of the mechanics once they are complete. */
    schema: Type.Record(Type.String(), Type.Unknown()),
    defaults: Mechanics,
  }),
  default_locale: Type.String({ format: 'bcp-47' }),
  /** By language, or language and script: `de`, `zh-Hans`. */
  locales: map(TemplateLocale, { minProperties: 1 }),
});
export type TemplateFile = Static<typeof TemplateFile>;
