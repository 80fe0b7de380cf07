/** The texts of a game that a brief may name outright. */
export interface BriefTexts {
  title?: string;
  instructions?: string;
  win_message?: string;
  lose_message?: string;
}

const LABELS = new Map<string, keyof BriefTexts>(
  Object.entries({
    title: 'title',
    headline: 'title',
    instructions: 'instructions',
    win: 'win_message',
    'win message': 'win_message',
    win_message: 'win_message',
    lose: 'lose_message',
    'lose message': 'lose_message',
    lose_message: 'lose_message',
  } as const),
);
const QUOTED = /["“„«「]([^"“”„«»「」\n]{1,60})["”“»」]/u;

/**
 * What a brief says in so many words: lines such as `Title: Summer spin`, and else a first phrase in quotation
 * marks, which is taken for the title. Nothing is made up.
 */
export function readBrief(brief: string): BriefTexts {
  const texts: BriefTexts = {};
  for (const line of brief.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const key = LABELS.get(
      line
        .slice(0, Math.max(0, colon))
        .replace(/^[\s*-]+/, '')
        .trimEnd()
        .toLowerCase(),
    );
    const text = line.slice(colon + 1).trim();
    if (key !== undefined && text !== '') texts[key] ??= unquoted(text);
  }
  const phrase = QUOTED.exec(brief)?.[1]?.trim();
  if (texts.title === undefined && phrase) texts.title = phrase;
  return texts;
}

const unquoted = (text: string) => QUOTED.exec(text)?.[1]?.trim() ?? text;
