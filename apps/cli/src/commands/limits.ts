import { InvalidArgumentError } from 'commander';
import { wholeNumber } from './options.js';

const UNITS = ['', 'KiB', 'MiB', 'GiB', 'TiB'];

/** For commander: a whole number between two bounds, or `none`, which is null. */
export const wholeNumberOrNone = (least: number, most: number) => (text: string) =>
  text === 'none' ? null : wholeNumber(least, most)(text);

/** For commander: a number of bytes, like 5000000 or 2GiB, or `none`, which is null. */
export function sizeOrNone(text: string): number | null {
  if (text === 'none') return null;
  const [, digits, unit = ''] = /^([1-9]\d*)(KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * 1024 ** UNITS.indexOf(unit);
  if (!Number.isSafeInteger(bytes))
    throw new InvalidArgumentError('It must be a number of bytes, like 5000000 or 2GiB, or none.');
  return bytes;
}
