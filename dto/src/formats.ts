import { fullFormats } from 'ajv-formats/dist/formats.js';
import { isCssColour } from './colour.js';

/** Whether the text is a well-formed BCP 47 tag. */
export function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

/** Whether the text is an absolute http or https URL without a user name or password. */
export function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || /\s/.test(text)) return false;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && url.hostname !== '' && url.username === '' && url.password === '';
}

/** Whether the text is a path that stays inside a package, e.g. `videos/intro.mp4`. */
export function isPackagePath(text: string): boolean {
  if (!/^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*$/.test(text)) return false;
  return !text.split('/').some(part => part === '.' || part === '..');
}

type Test = (text: string) => boolean;
const date = (fullFormats.date as { validate: Test }).validate;
const dateTime = (fullFormats['date-time'] as { validate: Test }).validate;

/** The formats of our schemas by name, each with the words that tell a person what it wants. */
export const FORMATS: Readonly<Record<string, { readonly test: Test; readonly wants: string }>> = {
  'css-colour': { test: isCssColour, wants: 'a CSS colour, e.g. #ff2bd6, tomato or rgb(255 43 214)' },
  'bcp-47': { test: isLocale, wants: 'a BCP 47 language tag, e.g. en-US' },
  'iso-8601': {
    test: text => date(text) || dateTime(text),
    wants: 'an ISO 8601 date or date and time with its offset',
  },
  'date-time': { test: dateTime, wants: 'an ISO 8601 date and time with its offset' },
  'http-url': { test: isHttpUrl, wants: 'an http or https URL' },
  'package-path': { test: isPackagePath, wants: 'a path inside the package, e.g. audio/bgm.mp3' },
  'asset-uri': {
    test: text => isHttpUrl(text) || isPackagePath(text),
    wants: 'a path inside the package or an http(s) URL',
  },
};
