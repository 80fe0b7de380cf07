import { expect, test } from '@jest/globals';
import { cronMistake } from './cron.js';

test.each([
  '0 7 * * *',
  '*/5 0-23/2 1,15 jan-mar MON-FRI',
  '59 23 31 12 7',
  ' 0  7 * * 1-5 ',
  '@daily',
  '@hourly',
])('%j is taken', expression => {
  expect(cronMistake(expression)).toBeUndefined();
});

test.each([
  ['0 7 * *', 'must have five fields: minute, hour, day of month, month, day of week'],
  ['0 0 7 * * *', 'must have five fields: minute, hour, day of month, month, day of week'],
  ['', 'must have five fields: minute, hour, day of month, month, day of week'],
  ['60 7 * * *', 'has no number from 0 to 59 in the minute: 60'],
  ['0 24 * * *', 'has no number from 0 to 23 in the hour: 24'],
  ['0 7 0 * *', 'has no number from 1 to 31 in the day of month: 0'],
  ['0 7 * foo *', 'has no number from 1 to 12 in the month: foo'],
  ['0 7 * * 8', 'has no number from 0 to 7 in the day of week: 8'],
  ['30-10 7 * * *', 'ends before it begins in the minute: 30-10'],
  ['*/0 7 * * *', 'has a wrong step in the minute: */0'],
  ['1/2/3 7 * * *', 'has a wrong step in the minute: 1/2/3'],
  ['1-2-3 7 * * *', 'has no number from 0 to 59 in the minute: 1-2-3'],
  ['1, 7 * * *', 'has no number from 0 to 59 in the minute: nothing'],
  ['-5 7 * * *', 'has no number from 0 to 59 in the minute: -5'],
  ['@often', 'is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly: @often'],
])('%j is refused', (expression, mistake) => {
  expect(cronMistake(expression)).toBe(mistake);
});
