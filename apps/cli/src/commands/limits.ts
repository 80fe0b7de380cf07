import { InvalidArgumentError } from 'commander';
import { wholeNumber } from './options.js';

const UNITS = ['', 'KiB', 'MiB', 'GiB', 'TiB'];

/** What an option says of a limit; commander has no null. */
export type Limit = number | 'none';

/** For commander: a whole number between two bounds, or `none`. */
export const wholeNumberOrNone =
  (least: number, most: number) =>
  (text: string): Limit =>
    text === 'none' ? text : wholeNumber(least, most)(text);

/** For commander: a number of bytes, like 5000000 or 2GiB, or `none`. */
export function sizeOrNone(text: string): Limit {
  if (text === 'none') return text;
  const [, digits, unit = ''] = /^([1-9]\d*)(KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * 1024 ** UNITS.indexOf(unit);
  if (!Number.isSafeInteger(bytes))
    throw new InvalidArgumentError('It must be a number of bytes, like 5000000 or 2GiB, or none.');
  return bytes;
}
