import { Colors, Copy, closed, type TemplateFile } from '@cairn/dto';
import { Type, type LanguagePort, type Static } from '@cairn/skill-kit';

const { title, instructions, win_message, lose_message } = Copy.properties;
const { primary, secondary, accent, background } = Colors.properties;

/** What a language model may propose; all of it may be left out. */
export const Draft = closed({
  copy: Type.Optional(
    closed({
      title: Type.Optional(title),
      instructions: Type.Optional(instructions),
      win_message: Type.Optional(win_message),
      lose_message: Type.Optional(lose_message),
    }),
  ),
  colors: Type.Optional(
    closed({
      primary: Type.Optional(primary),
      secondary: Type.Optional(secondary),
      accent: Type.Optional(accent),
      background: Type.Optional(background),
    }),
  ),
});
export type Draft = Static<typeof Draft>;

/** Asks the language model for a draft; without a brief there is nothing to ask. */
export async function draftFrom(
  language: LanguagePort,
  template: TemplateFile,
  input: { readonly brief?: string; readonly locale: string },
): Promise<Draft> {
  if (input.brief === undefined || input.brief.trim() === '') return {};
  const prompt = JSON.stringify({ brief: input.brief, locale: input.locale });
  return language.object({ schema: Draft, system: template.system, prompt, repairs: 2 });
}
