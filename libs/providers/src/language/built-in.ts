import { compile, cutTo } from '@cairn/dto';
import { TerminalError, type Adapter, type LanguagePort } from '@cairn/skill-kit';
import { readBrief } from './read-brief.js';

/**
 * Language without a model: it invents nothing. From the brief it takes what stands there in so many words (see
 * {@link readBrief}); whatever the schema does not accept is left out, so that the template's own words serve.
 */
const port: LanguagePort = {
  object: query => {
    const drafted = cutTo(query.schema, { copy: readBrief(briefOf(query.prompt)) });
    const { check, parse } = compile(query.schema);
    for (const candidate of [drafted, {}])
      if (check(candidate).length === 0) return Promise.resolve(parse(candidate));
    return Promise.reject(
      new TerminalError(
        'NO_LANGUAGE_MODEL',
        'This step needs a language model, and the built-in provider has none',
      ),
    );
  },
};

/** The brief of a prompt that is JSON, `{ "brief": … }`; other prompts are briefs themselves. */
function briefOf(prompt: string): string {
  try {
    const value = JSON.parse(prompt) as { brief?: unknown } | null;
    return typeof value?.brief === 'string' ? value.brief : '';
  } catch {
    return prompt;
  }
}

export const builtInLanguage: Adapter<'language'> = {
  port: 'language',
  id: 'stub',
  module: import.meta.url,
  create: () => port,
};
