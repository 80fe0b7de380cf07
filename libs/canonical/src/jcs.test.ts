import { describe, expect, test } from '@jest/globals';
import { jcs } from './jcs.js';

/** The number of an IEEE 754 bit pattern in hexadecimal. */
function fromBits(hex: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
}

describe('numbers, RFC 8785 appendix B', () => {
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('%s is %s', (bits, text) => {
    expect(jcs(fromBits(bits))).toBe(text);
  });

  test.each([['7fffffffffffffff'], ['7ff0000000000000'], ['fff0000000000000']])('%s has no text', bits => {
    expect(() => jcs(fromBits(bits))).toThrow('is not a JSON number');
  });
});

test('keys are sorted by UTF-16 code units, RFC 8785 section 3.2.3', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  expect(Object.values(JSON.parse(jcs(value)) as object)).toHaveLength(7);
  expect(jcs(value)).toBe(
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
      '"\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  );
});

test('literals, numbers and escapes, RFC 8785 sections 3.2.2 and 3.2.4', () => {
  const value: unknown = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`);
  expect(jcs(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

// The text of the test above in UTF-8, as the RFC prints it.
test('the bytes, RFC 8785 section 3.2.4', () => {
  const value = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
    string: '\u20ac$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
  };
  expect(Buffer.from(jcs(value), 'utf8').toString('hex')).toBe(
    [
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a',
      '5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d3237',
      '5d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d',
    ].join(''),
  );
});

// What the test data of the RFC's author (github.com/cyberphone/json-canonicalization, testdata) tries, in values of
// our own.
describe('the cases of the test data beside the RFC', () => {
  test.each<[string, string, string]>([
    [
      'arrays keep their order, their objects do not',
      '[ 56.0, { "d" : true, "10" : null, "1" : [ ] } ]',
      '[56,{"1":[],"10":null,"d":true}]',
    ],
    [
      'french: no locale has a say',
      '{"p\u00eache":3, "sin":4, "p\u00e9ch\u00e9":2, "peach":1}',
      '{"peach":1,"péché":2,"pêche":3,"sin":4}',
    ],
    [
      'structures: digits sort as text, the empty key first, upper case before lower',
      '{"1":{"f":{"f":2,"F":1},"\\n":56.0},"10":{},"":0,"a":{},"111":[{"e":1,"E":2}],"A":{}}',
      '{"":0,"1":{"\\n":56,"f":{"F":1,"f":2}},"10":{},"111":[{"E":2,"e":1}],"A":{},"a":{}}',
    ],
    ['unicode: nothing is normalised', '{"A\\u030a":"\\u00c5"}', '{"A\u030a":"\u00c5"}'],
    ['values: each is written in one way', '[1.0, 1e0, 10E-1, 0.1e+1, -0.0, 1e-7]', '[1,1,1,1,0,1e-7]'],
    [
      'weird: control characters, mark-up, and what lies beyond the first 65,536 characters',
      String.raw`{"\ufb33":1,"\u20ac":2,"\r":3,"\u000a":4,"1":5,"\u0080":"\u007f","\ud83d\ude02":6,"\u00f6":7,"<\/b>":8}`,
      String.raw`{"\n":4,"\r":3,"1":5,"</b>":8,` + '"\u0080":"\u007f","ö":7,"€":2,"😂":6,"\ufb33":1}',
    ],
  ])('%s', (_name, text, canonical) => {
    expect(jcs(JSON.parse(text))).toBe(canonical);
    expect(jcs(JSON.parse(canonical))).toBe(canonical);
  });

  test('each control character by its short name, or by its number', () => {
    const all = Array.from({ length: 33 }, (_, code) => String.fromCharCode(code)).join('');
    const numbered = (from: number, to: number) =>
      Array.from(
        { length: to - from + 1 },
        (_, i) => `\\u00${(from + i).toString(16).padStart(2, '0')}`,
      ).join('');
    expect(jcs(all)).toBe(`"${numbered(0, 7)}\\b\\t\\n\\u000b\\f\\r${numbered(14, 31)} "`);
  });
});

test('undefined properties are left out', () => {
  expect(jcs({ b: undefined, a: 1 })).toBe('{"a":1}');
});

test.each([
  ['undefined', undefined],
  ['undefined in an array', [undefined]],
  ['a hole in an array', new Array<number>(1)],
  ['a function', () => 1],
  ['a bigint', 1n],
  ['a lone surrogate', 'x\ud800'],
  ['a lone surrogate in a key', { 'x\udc00': 1 }],
])('%s has no text', (_name, value) => {
  expect(() => jcs(value)).toThrow(TypeError);
});
