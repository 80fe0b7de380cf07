import { expect, test } from '@jest/globals';
import { addressOf } from './authenticate.js';
import { TokenBuckets } from './token-buckets.js';

function at(start: number) {
  let now = start;
  return { buckets: new TokenBuckets(() => now), pass: (ms: number) => (now += ms) };
}

test('a minute of requests may come at once, the others as the bucket fills', () => {
  const { buckets, pass } = at(5_000);
  const taken = Array.from({ length: 6 }, () => buckets.take('a', 6));
  expect(taken.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
    [true, 5],
    [true, 4],
    [true, 3],
    [true, 2],
    [true, 1],
    [true, 0],
  ]);
  expect(buckets.take('a', 6)).toEqual({ allowed: false, remaining: 0, fullInS: 60, nextInS: 10 });
  pass(9_999);
  expect(buckets.take('a', 6)).toMatchObject({ allowed: false, nextInS: 1 });
  pass(1);
  expect(buckets.take('a', 6)).toMatchObject({ allowed: true, remaining: 0, nextInS: 10 });
  pass(3_600_000);
  expect(buckets.take('a', 6)).toMatchObject({ allowed: true, remaining: 5, nextInS: 0, fullInS: 10 });
});

test('each name has its own, and only so many are remembered', () => {
  const { buckets } = at(0);
  expect(buckets.take('first', 1).allowed).toBe(true);
  expect(buckets.take('first', 1).allowed).toBe(false);
  for (let n = 0; n < 10_001; n += 1) expect(buckets.take(`name ${n}`, 1).allowed).toBe(true);
  expect(buckets.size).toBe(10_000);
  // It was seen longest ago.
  expect(buckets.take('first', 1).allowed).toBe(true);
  expect(buckets.take('name 10000', 1).allowed).toBe(false);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('failures from %s count for %s', (remoteAddress, counted) => {
  expect(addressOf({ socket: { remoteAddress } as never })).toBe(counted);
});
