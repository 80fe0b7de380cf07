import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { jcs } from './jcs.js';

/** The number of an IEEE 754 bit pattern. */
function fromBits(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}
function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** Thirds of powers of ten, from 10^22/3 down, as the sequence below has them. */
const THIRDS =
  `446696695dbd1cc3 443211ede4974a35 43fce97ca0f21056 43c7213080c1a6ac 439280f39a348556 435d9b1f5d20d557
4327af4c4a80aaac 42f2f2a36ecd5556 42be51057e155558 428840d131aaaaac 4253670dc1555557 421f0b4935555557 41e8d5d42aaaaaac
41b3de4355555556 417fca0555555556 41496e6aaaaaaaab 4114585555555555 40e046aaaaaaaaab 40aa0aaaaaaaaaaa 4074d55555555555
4040aaaaaaaaaaab 400aaaaaaaaaaaab 3fd5555555555555 3fa1111111111111 3f6b4e81b4e81b4f 3f35d867c3ece2a5 3f0179ec9cbd821e
3ecbf647612f3696 3e965e9f80f29212 3e61e54c672874db 3e2ca213d840baf8 3df6e80fe033c8c6 3dc2533fe68fd3d2 3d8d51ffd74c861c
3d5774ccac3d3817 3d22c3d6f030f9ac 3cee0624b3818f79 3cb804ea293472c7 3c833721ba905bd3 3c4ebe9c5db3c61e 3c18987d17c304e5
3be3ad30dfcf371d 3baf7b816618582f 3b792f9ab81379bf 3b442615600f9499 3b101e77800c76e1 3ad9ca58cce0be35 3aa4a1e0a3e6fe90
3a708180831f320d 3a3a68cd9e985016`
    .split(/\s/)
    .map(hex => fromBits(BigInt(`0x${hex}`)));

/** The edge cases that the sequence starts with. */
const EDGES = [
  ...[0, -0, 5e-324, -5e-324],
  ...THIRDS.map(third => -third),
  ...THIRDS,
  ...[10, 5, 0.5, 0.05, 0.005, 0.0005, 0.00005, 0.000005, 5e-7, 5e-8, 5e-9],
  // 5.06e-6, 5.006e-6 and so on, until the 6 is lost.
  ...Array.from({ length: 15 }, (_, zeros) => Number(`5.0${'0'.repeat(zeros)}6e-6`)),
  ...[1, -1, -0.9999999999999993, -0.9999999999999994],
  ...[0.9999999999999993, 0.9999999999999994, 0.9999999999999996, 0.9999999999999998],
  ...[-0.9999999999999999, -0.9999999999999999, 0.9999999999999999, 0.9999999999999999],
  ...[0.29999999999999993, 0.3, 0.30000000000000004],
  ...[2.2250738585072014e-308, 2.2250738585072e-308, 2.225073858507201e-308],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53, -(2 ** 53), 2 ** 68],
  ...[9.999999999999997e22, 1e23, 1.0000000000000001e23],
  ...[999999999999999700000, 999999999999999900000, 1e21, 9.999999999999997e-7, 0.000001],
  ...[333333333.3333332, 333333333.33333325, 333333333.3333333, 333333333.3333334, 333333333.33333343],
  ...[-fromBits(0x3ecbf647612f3696n), fromBits(0x43143ff3c1cb0959n)],
];

/** The edge cases, 2,000 numbers about the smallest normal one, then what a chain of SHA-256 gives, without end. */
function* sequence(): Generator<number> {
  yield* EDGES;
  for (let i = 0n; i < 2_000n; i += 1n) yield fromBits(0x0010000000000000n + i);
  for (let block = Buffer.alloc(32); ;) {
    block = createHash('sha256').update(block).digest();
    for (let at = 0; at < 32; at += 8) {
      const value = block.readDoubleLE(at);
      if (value !== 0 && Number.isFinite(value)) yield value;
    }
  }
}

// Sequence and digests: github.com/cyberphone/json-canonicalization, testdata/README.md, which RFC 8785 appendix B
// points to. A line is the bits in hexadecimal, a comma, the text.
test.each([
  [1_000, 'be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687'],
  [10_000, 'b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892'],
  [100_000, '22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7'],
])('the first %i numbers of the published sequence', (count, digest) => {
  const hash = createHash('sha256');
  const numbers = sequence();
  for (let i = 0; i < count; i += 1) {
    const value = numbers.next().value as number;
    hash.update(`${bitsOf(value).toString(16)},${jcs(value)}\n`);
  }
  expect(hash.digest('hex')).toBe(digest);
});

/** A positive number as an exact fraction. */
function fractionOf(value: number): { top: bigint; bottom: bigint } {
  const bits = bitsOf(value);
  const biased = bits >> 52n;
  const mantissa = (bits & 0xfffffffffffffn) | (biased === 0n ? 0n : 1n << 52n);
  const exponent = (biased === 0n ? 1n : biased) - 1075n;
  return exponent < 0n
    ? { top: mantissa, bottom: 1n << -exponent }
    : { top: mantissa << exponent, bottom: 1n };
}

/** How far s × 10^power is from a number, in a unit that is the same for every s. */
function distanceOf(s: bigint, power: number, value: number): bigint {
  const { top, bottom } = fractionOf(value);
  const ten = 10n ** BigInt(Math.abs(power));
  const difference = power < 0 ? s * bottom - top * ten : s * ten * bottom - top;
  return difference < 0n ? -difference : difference;
}

/**
 * Number::toString of ECMA-262 (6.1.6.1.20, radix 10), by its words and not by the engine's own: k as small as can
 * be, s of k digits with s × 10^(n−k) the number; of several the closest, of two as close the even one (its note 2,
 * which RFC 8785 section 3.2.2.3 demands); then one of five forms.
 */
function ecmaText(value: number): string {
  if (value === 0) return '0';
  if (value < 0) return `-${ecmaText(-value)}`;
  for (let k = 1; k <= 17; k += 1) {
    const [digits, exponent] = value.toExponential(k - 1).split('e') as [string, string];
    const near = BigInt(digits.replace('.', ''));
    const power = Number(exponent) - (k - 1);
    const found = [near - 1n, near, near + 1n].filter(s => Number(`${s}e${power}`) === value);
    const closeFirst = found
      .map(s => ({ s, distance: distanceOf(s, power, value) }))
      .sort((a, b) =>
        a.distance < b.distance ? -1 : a.distance > b.distance ? 1 : Number((a.s & 1n) - (b.s & 1n)),
      );
    if (closeFirst[0]) return ecmaForm(closeFirst[0].s.toString(), power);
  }
  throw new Error(`${value} has no text of 17 digits`);
}

function ecmaForm(s: string, power: number): string {
  const k = s.length;
  const n = k + power;
  if (k <= n && n <= 21) return s + '0'.repeat(n - k);
  if (0 < n && n <= 21) return `${s.slice(0, n)}.${s.slice(n)}`;
  if (-6 < n && n <= 0) return `0.${'0'.repeat(-n)}${s}`;
  const e = `e${n - 1 < 0 ? '-' : '+'}${Math.abs(n - 1)}`;
  return k === 1 ? s + e : `${s[0]}.${s.slice(1)}${e}`;
}

describe('random numbers', () => {
  const seed = Number(process.env['CAIRN_TEST_SEED'] ?? Date.now() % 1_000_000_000);
  /** The `i`-th number of a seed: any bits, powers of two, few digits at any scale, integers. */
  const numberAt = (i: number): number => {
    const block = createHash('sha256').update(`${seed}/${i}`).digest();
    const bits = block.readBigUInt64BE(0);
    const small = block.readInt32BE(8);
    switch (i % 4) {
      case 0:
        return fromBits(bits);
      case 1:
        return fromBits(bits & 0xfff0000000000000n);
      case 2:
        return Number(`${small % 100_000}e${(block.readUInt16BE(12) % 60) - 30}`);
      default:
        return Number(BigInt.asIntN(64, bits) >> BigInt(block[14]! % 60));
    }
  };

  test(`8,000 are written as ECMA-262 says, and read back (CAIRN_TEST_SEED=${seed})`, () => {
    for (let i = 0; i < 8_000; i += 1) {
      const value = numberAt(i);
      if (!Number.isFinite(value)) {
        expect(() => jcs(value)).toThrow(TypeError);
        continue;
      }
      const text = jcs(value);
      const wanted = ecmaText(value);
      if (text !== wanted || JSON.parse(text) !== (value === 0 ? 0 : value))
        throw new Error(
          `seed ${seed}, case ${i}, bits ${bitsOf(value).toString(16)}: ${text}, not ${wanted}`,
        );
    }
  });

  // 2^-44: the closest number of 16 digits is another double, its neighbour above is not.
  // 2^-25: two texts of 17 digits are as close, the even one counts.
  test.each([
    [2 ** -44, '5.684341886080802e-14'],
    [2 ** -25, '2.9802322387695312e-8'],
  ])('of the shortest texts, one that reads back: %d', (value, text) => {
    expect(ecmaText(value)).toBe(text);
    expect(jcs(value)).toBe(text);
  });
});
