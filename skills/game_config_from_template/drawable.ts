import { pointerToken, type Copy, type GameConfig, type Issue } from '@cairn/dto';
import { TerminalError } from '@cairn/skill-kit';
import { findUndrawable, findUndrawableTexts, type PlacedText } from '@cairn/typography';
import type { Draft } from './draft.js';

/** Every text of a campaign that videos or game draw, with where in the trigger it can be changed. */
export function drawnTexts(config: GameConfig, label: string): PlacedText[] {
  const copy = Object.entries(config.copy).map(([key, text]) => ({ path: `/copy/${key}`, text }));
  return [...copy, { path: '/button/label', text: label }, ...textsIn(config.mechanics, '/mechanics')];
}

function textsIn(value: unknown, path: string): PlacedText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => textsIn(member, `${path}/${pointerToken(key)}`));
}

/**
 * Refuses a text with a character that no font has, before anything is rendered.
 * @throws TerminalError VALIDATION_ERROR, with an issue for each such text.
 */
export async function assertDrawable(texts: readonly PlacedText[], locale: string): Promise<void> {
  const refused = await findUndrawableTexts(texts, locale);
  const issues = refused.map(({ path, message }): Issue => ({ path, code: 'VALIDATION_ERROR', message }));
  const [first] = issues;
  if (first !== undefined)
    throw new TerminalError('VALIDATION_ERROR', `${first.path} ${first.message}`, issues);
}

/** A draft without the texts that cannot be drawn: a model's emoji must not fail a campaign. */
export async function drawableDraft(draft: Draft, locale: string): Promise<Draft> {
  const copy: Partial<Copy> = {};
  for (const [key, text] of Object.entries(draft.copy ?? {}))
    if ((await findUndrawable(text, locale)) === undefined) copy[key as keyof Copy] = text;
  return { ...draft, copy };
}
